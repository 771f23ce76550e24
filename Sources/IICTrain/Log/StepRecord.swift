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
    /// Nil for a step without a monitoring pass.
    package var snapshot: SnapshotRecord?

    package init(
        step: Int, time: Double, seconds: Double, lossA: Double?, lossB: Double?, rate: Double,
        pairsPerSecond: Double, memoryBytes: Int, snapshot: SnapshotRecord? = nil
    ) {
        self.step = step
        self.time = time
        self.seconds = seconds
        self.lossA = lossA
        self.lossB = lossB
        self.rate = rate
        self.pairsPerSecond = pairsPerSecond
        self.memoryBytes = memoryBytes
        self.snapshot = snapshot
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
        if let snapshot {
            members["subheadB"] = .integer(snapshot.subhead)
            members["classShares"] = .array(snapshot.shares.map { .number($0) })
            members["deadClasses"] = .array(snapshot.dead.map { .integer($0) })
            members["accuracy"] = snapshot.accuracy.map(JSONValue.number)
            members["meanIoU"] = snapshot.meanIoU.map(JSONValue.number)
            members["nmi"] = snapshot.nmi.map(JSONValue.number)
            members["viewInformation"] = snapshot.viewInformation.map(JSONValue.number)
            members["headInformation"] = snapshot.headInformation.map(JSONValue.number)
            members["agreement"] = snapshot.agreement.map(JSONValue.number)
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
        guard let subhead = object["subheadB"]?.integer,
            let shares = object["classShares"]?.array?.compactMap(\.number),
            shares.allSatisfy((0...1).contains)
        else { return }
        snapshot = SnapshotRecord(
            subhead: subhead, shares: shares,
            dead: object["deadClasses"]?.array?.compactMap(\.integer) ?? [],
            accuracy: object["accuracy"]?.number, meanIoU: object["meanIoU"]?.number,
            nmi: object["nmi"]?.number)
        snapshot?.viewInformation = object["viewInformation"]?.number
        snapshot?.headInformation = object["headInformation"]?.number
        snapshot?.agreement = object["agreement"]?.number
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
        for (index, share) in (snapshot?.shares ?? []).enumerated() {
            add("class_share/\(index + 1)", share)
        }
        add("truth/accuracy", snapshot?.accuracy)
        add("truth/mean_IoU", snapshot?.meanIoU)
        add("truth/NMI", snapshot?.nmi)
        add("labels/view_information", snapshot?.viewInformation)
        add("labels/head_information", snapshot?.headInformation)
        add("labels/agreement", snapshot?.agreement)
        return event
    }
}
