import Foundation
import IICInfer
import IICTrain
import Testing

/// What a long training must bear: to be killed at any moment, and a limit of its memory.
///
/// `scripts/endure` and `Benchmarks/trainmemory` show the same at length.
@Suite struct EnduranceTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func train(
        _ model: String, _ arguments: [String], resuming: Bool = false
    ) throws -> Program {
        let start = [resuming ? "--resume" : "--overwrite"]
        return try Program(["train", "-o", data("maps/\(model)")] + arguments + start)
    }

    /// A run's log without what a clock or the machine decides.
    private func log(_ model: String) throws -> [JSONValue] {
        try data.bytes("maps/\(model).run/metrics.jsonl").split(separator: UInt8(ascii: "\n")).map {
            guard case .object(var members) = try JSONValue(parsing: Array($0)) else {
                return .null
            }
            for key in ["time", "seconds", "pairsPerSecond", "memoryBytes"] { members[key] = nil }
            return .object(members)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `killed again and again, it ends with the bytes of a run that went through`() throws {
        let arguments = [
            try data.tiles("tiles", count: 6, height: 60, width: 70), "--width", "0.0625", "--crop",
            "48", "--batch", "4", "--steps", "120", "--checkpoint-interval", "0",
        ]
        let through = try train("through", arguments).wait()
        try #require(through.status == 0, "\(through.errors)")

        let checkpoint = data("maps/killed.checkpoint")
        func changed() -> Date? {
            (try? FileManager.default.attributesOfItem(atPath: checkpoint))?[.modificationDate]
                as? Date
        }
        var random = SplitMix64(seed: 1)
        for kill in 0..<8 {
            let before = changed()
            let program = try train("killed", arguments, resuming: kill > 0)
            // Not before it got further, since eight that get nowhere would show little.
            while changed() == before && !program.hasEnded { usleep(1_000) }
            usleep(UInt32(random.index(below: 30_000)))
            program.send(SIGKILL)
            let result = try program.wait()
            try #require(result.status == 128 + SIGKILL, "kill \(kill): \(result.errors)")
        }
        let ended = try train("killed", arguments, resuming: true).wait()
        try #require(ended.status == 0, "\(ended.errors)")

        let names = ["", ".best", ".checkpoint", ".run"]
        #expect(
            try data.maps == ["killed", "through"].flatMap { run in names.map { run + $0 } })
        #expect(try data.bytes("maps/killed") == data.bytes("maps/through"))
        #expect(try data.bytes("maps/killed.best") == data.bytes("maps/through.best"))
        #expect(try log("killed") == log("through"))
    }

    @Test func `training keeps to its memory, and more memory is used`() throws {
        // Little but activations.
        let arguments = [
            try data.scene("a.tif", UInt8.self, width: 200, height: 200), "--batch", "100",
            "--group", "2", "--displacement", "0", "--subheads-b", "1", "--steps", "1",
        ]
        let refusal = try train("m", arguments + ["--memory", "1MiB"]).wait()
        let words = refusal.errors.split(separator: " ")
        let least = try #require(
            words.compactMap { $0.hasSuffix("MiB") ? Int($0.dropLast(3)) : nil }.first)
        func peak(_ mebibytes: Int) throws -> Int {
            let program = try train("m", arguments + ["--memory", "\(mebibytes)MiB"])
            var peak = 0
            while !program.hasEnded {
                peak = max(peak, program.peakBytes ?? 0)
                usleep(1_000)
            }
            let result = try program.wait()
            try #require(result.status == 0, "\(result.errors)")
            return peak >> 20
        }
        let (small, large) = (try peak(least), try peak(4 * least))
        #expect(small <= least)
        #expect(large > least, "\(small) of \(least) MiB")
    }
}
