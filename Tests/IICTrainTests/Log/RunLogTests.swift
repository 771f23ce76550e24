import Foundation
import IICInfer
import IICTrain
import TestSupport
import Testing

@Suite struct RunLogTests {
    private let files: TemporaryFolder
    private let folder: String

    init() throws {
        files = try TemporaryFolder()
        folder = files("m.run")
    }

    private func record(_ step: Int, snapshot: SnapshotRecord? = nil) -> StepRecord {
        StepRecord(
            step: step, time: 1_700_000_000.25 + Double(step), seconds: Double(step) / 4,
            lossA: step % 2 == 0 ? nil : -1.5, lossB: -Double(step) / 3, rate: 1e-3,
            pairsPerSecond: 12.5, memoryBytes: 300 << 20, snapshot: snapshot)
    }

    private var metrics: [String] {
        get throws {
            try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
    }

    private var events: [ScalarEvent] {
        get throws {
            try TFRecord.records(in: files.bytes(of: "m.run/events.out.tfevents.iicd"))
                .compactMap { ScalarEvent(data: $0.data) }
        }
    }

    @Test func `a line is read as what was written`() throws {
        var snapshot = SnapshotRecord(
            subhead: 3, shares: [0.25, 0, 0.75], dead: [2], accuracy: 0.5, meanIoU: 0.25, nmi: 0.125
        )
        snapshot.viewInformation = 0.75
        snapshot.headInformation = 0.5
        snapshot.agreement = 0.875
        for record in [record(1), record(2, snapshot: snapshot)] {
            #expect(StepRecord(line: record.line.utf8) == record)
        }
        let line = record(2, snapshot: snapshot).line
        #expect(line.contains(#""time":"2023-11-14T22:13:22.250Z""#), "\(line)")
        #expect(line.contains(#""classShares":[0.25,0.0,0.75]"#), "\(line)")
        #expect(line.contains(#""deadClasses":[2]"#) && !line.contains("lossA"), "\(line)")
        for cut in [String(line.dropLast()), "", "{}", "null"] {
            #expect(StepRecord(line: cut.utf8) == nil)
        }
    }

    @Test func `a resumed training continues both logs without a step twice`() throws {
        do {
            let log = try RunLog(folder: folder, after: 0)
            for step in 0...7 { #expect(log.append(record(step)) == nil) }
        }
        do {
            let log = try RunLog(folder: folder, after: 4)
            #expect(log.earlier == (0...4).map { record($0) })
            for step in 5...6 { #expect(log.append(record(step)) == nil) }
        }
        #expect(try metrics == (0...6).map { record($0).line })
        #expect(try events.map(\.step) == [0] + Array(0...6))
        #expect(try events.first?.version == "brain.Event:2")
        #expect(
            try events.last?.values.first { $0.tag == "loss/B" }?.number == -2)
    }

    @Test func `a log whose end was lost is continued where it is whole`() throws {
        do {
            let log = try RunLog(folder: folder, after: 0)
            for step in 1...3 { _ = log.append(record(step)) }
        }
        for name in ["metrics.jsonl", "events.out.tfevents.iicd"] {
            let bytes = try files.bytes(of: "m.run/\(name)")
            try files.write(bytes.dropLast(5), to: "m.run/\(name)")
        }
        do {
            let log = try RunLog(folder: folder, after: 3)
            #expect(log.earlier.map(\.step) == [1, 2])
            _ = log.append(record(4))
        }
        #expect(try metrics == [1, 2, 4].map { record($0).line })
        #expect(try events.map(\.step) == [0, 1, 2, 4])
    }

    @Test func `a new training leaves nothing of an older one`() throws {
        do { _ = try RunLog(folder: folder, after: 0).append(record(9)) }
        do { _ = try RunLog(folder: folder, after: 0).append(record(1)) }
        #expect(try metrics == [record(1).line])
        #expect(try events.map(\.step) == [0, 1])
    }

    @Test func `two trainings do not write the same logs`() throws {
        let first = try RunLog(folder: folder, after: 0)
        let error = #expect(throws: AppendedFileError.self) {
            try RunLog(folder: folder, after: 0)
        }
        #expect(error?.exitStatus == .tryAgain)
        #expect(first.append(record(1)) == nil)
        #expect(try metrics.count == 1)
    }

    @Test func `a file where the folder should be is reported as one`() throws {
        try files.write(text: "text", to: "m.run")
        let error = #expect(throws: AtomicFileError.self) {
            try RunLog(folder: folder, after: 0)
        }
        #expect(error?.description == "Cannot write “\(folder)”: it is not a folder.")
        #expect(try files.bytes(of: "m.run") == Array("text".utf8))
    }

    @Test func `a log that someone cuts off is reported as that`() throws {
        try files.write(text: String(repeating: " ", count: 10), to: "log")
        let file = try AppendedFile(path: files("log"))
        #expect(unsafe truncate(files("log"), 4) == 0)
        do {
            _ = try file.contents()
            Issue.record("ten bytes are read")
        } catch let error as AtomicFileError {
            #expect(
                error.description
                    == "Cannot write “\(files("log"))”: it became shorter while it was read.")
        }
    }

    @Test func `beyond 10,000 steps every tenth is written`() {
        #expect(StepRecord.isWritten(step: 9_999) && StepRecord.isWritten(step: 10_010))
        #expect(!StepRecord.isWritten(step: 10_001))
    }
}
