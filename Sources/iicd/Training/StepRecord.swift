import Foundation
import IICInfer

/// What is written down of one step: a line of `metrics.jsonl` and an event of TensorBoard's.
package struct StepRecord: Equatable, Sendable {
    /// Steps taken, this one included.
    package var step: Int
    /// When it ended, in seconds since 1970.
    package var time: Double
    /// Seconds of training so far, those before a resumption included.
    package var seconds: Double
    /// The mean over a head's sub-heads; nil for a head that this step did not train.
    package var lossA: Double?
    package var lossB: Double?
    /// The learning rate.
    package var rate: Double
    package var pairsPerSecond: Double
    /// Resident memory.
    package var memoryBytes: Int
    package var probe: Probe?

    /// What the model made of the tiles that are looked at every few steps.
    package struct Probe: Equatable, Sendable {
        /// Which of head B's sub-heads is the model's, from 1.
        package var subhead: Int
        /// Its classes' shares of the pixels.
        package var shares: [Double]
        /// Classes that have almost died, from 1.
        package var dead: [Int]
        /// One to one; nil without truth.
        package var accuracy: Double?
        package var meanIoU: Double?
        /// Normalised mutual information with the truth: needs no matching of classes.
        package var nmi: Double?
        /// What the labels say of their own worth, as in ``IICTrain/Probe/Evidence``, in nats.
        package var viewInformation: Double?
        package var headInformation: Double?
        /// As in ``IICTrain/Probe/Evidence/agreement``, in nats.
        package var agreement: Double?

        package init(
            subhead: Int, shares: [Double], dead: [Int], accuracy: Double? = nil,
            meanIoU: Double? = nil, nmi: Double? = nil
        ) {
            self.subhead = subhead
            self.shares = shares
            self.dead = dead
            self.accuracy = accuracy
            self.meanIoU = meanIoU
            self.nmi = nmi
        }
    }

    package init(
        step: Int, time: Double, seconds: Double, lossA: Double?, lossB: Double?, rate: Double,
        pairsPerSecond: Double, memoryBytes: Int, probe: Probe? = nil
    ) {
        self.step = step
        self.time = time
        self.seconds = seconds
        self.lossA = lossA
        self.lossB = lossB
        self.rate = rate
        self.pairsPerSecond = pairsPerSecond
        self.memoryBytes = memoryBytes
        self.probe = probe
    }

    /// Half a million steps would make a file of 100 MB: the first 10,000 are written, then every
    /// tenth.
    package static func isWritten(step: Int) -> Bool { step <= 10_000 || step % 10 == 0 }
}

extension StepRecord {
    /// One line, without its end.
    package var line: String {
        var members: [String: JSONValue] = [
            "step": .integer(step),
            "time": .string(
                Date(timeIntervalSince1970: time).formatted(Self.timeFormat)),
            "seconds": .number(Self.short(seconds)), "rate": .number(rate),
            "pairsPerSecond": .number(Self.short(pairsPerSecond)),
            "memoryBytes": .integer(memoryBytes),
        ]
        members["lossA"] = lossA.map(JSONValue.number)
        members["lossB"] = lossB.map(JSONValue.number)
        if let probe {
            members["subheadB"] = .integer(probe.subhead)
            members["classShares"] = .array(probe.shares.map { .number($0) })
            members["deadClasses"] = .array(probe.dead.map { .integer($0) })
            members["accuracy"] = probe.accuracy.map(JSONValue.number)
            members["meanIoU"] = probe.meanIoU.map(JSONValue.number)
            members["nmi"] = probe.nmi.map(JSONValue.number)
            members["viewInformation"] = probe.viewInformation.map(JSONValue.number)
            members["headInformation"] = probe.headInformation.map(JSONValue.number)
            members["agreement"] = probe.agreement.map(JSONValue.number)
        }
        return JSONValue.object(members).text
    }

    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Four digits after the point are beyond what a clock is good for.
    private static func short(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }

    /// Reads a line; nil if it is none of these.
    package init?(line: some Sequence<UInt8>) {
        guard let object = try? JSONValue(parsing: Array(line)),
            let step = object["step"]?.integer, let seconds = object["seconds"]?.number,
            let rate = object["rate"]?.number, let speed = object["pairsPerSecond"]?.number,
            let memory = object["memoryBytes"]?.integer,
            let time = object["time"]?.string.flatMap({
                try? Date($0, strategy: Self.timeFormat)
            })
        else { return nil }
        self.init(
            step: step, time: time.timeIntervalSince1970, seconds: seconds,
            lossA: object["lossA"]?.number, lossB: object["lossB"]?.number, rate: rate,
            pairsPerSecond: speed, memoryBytes: memory)
        guard let subhead = object["subheadB"]?.integer, let shares = object["classShares"]?.array
        else { return }
        probe = Probe(
            subhead: subhead, shares: shares.compactMap(\.number),
            dead: object["deadClasses"]?.array?.compactMap(\.integer) ?? [],
            accuracy: object["accuracy"]?.number, meanIoU: object["meanIoU"]?.number,
            nmi: object["nmi"]?.number)
        probe?.viewInformation = object["viewInformation"]?.number
        probe?.headInformation = object["headInformation"]?.number
        probe?.agreement = object["agreement"]?.number
    }

    /// The same for TensorBoard.
    package var event: ScalarEvent {
        var event = ScalarEvent(time: time, step: step)
        func add(_ tag: String, _ value: Double?) {
            guard let value else { return }
            event.values.append(.init(tag: tag, number: Float(value)))
        }
        add("loss/A", lossA)
        add("loss/B", lossB)
        add("training/rate", rate)
        add("training/pairs_per_second", pairsPerSecond)
        add("training/memory_MiB", Double(memoryBytes) / 0x1p20)
        for (index, share) in (probe?.shares ?? []).enumerated() {
            add("class_share/\(index + 1)", share)
        }
        add("truth/accuracy", probe?.accuracy)
        add("truth/mean_IoU", probe?.meanIoU)
        add("truth/NMI", probe?.nmi)
        add("labels/view_information", probe?.viewInformation)
        add("labels/head_information", probe?.headInformation)
        add("labels/agreement", probe?.agreement)
        return event
    }
}
