import Foundation
import IICInfer
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import IICDaemon

/// The daemon on real folders, with work that only copies. One test at a time: a signal reaches all
/// daemons of a process.
@Suite(.serialized) struct DaemonTests {
    private struct BadScene: UserError {
        let description: String
        var exitStatus: IICInfer.ExitStatus { .badInput }
    }

    /// What happened, for tests to look at.
    private final class Record: Sendable {
        private let events = Mutex<[String]>([])
        func add(_ event: String) { events.withLock { $0.append(event) } }
        var all: [String] { events.withLock { $0 } }
        func count(_ text: String) -> Int { all.count { $0.contains(text) } }
    }

    private struct RecordingLog: LogHandler {
        let record: Record
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { record.add(event.message.description) }
    }

    private let base =
        FileManager.default.temporaryDirectory.path + "/iicd-daemon-"
        + UUID().uuidString
    private var folder: String { base + "/in" }
    private var maps: String { base + "/in/maps" }
    private let record = Record()

    private func write(_ text: String, _ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    private func read(_ name: String) -> String? {
        try? String(contentsOfFile: maps + "/" + name, encoding: .utf8)
    }

    /// Scenes are texts: whole ones end in a full stop, bad ones hold "bad", slow ones "slow", and
    /// "full" ones meet a full disk once. A map is the scene's text.
    private func daemon() -> Daemon {
        let record = record
        let maps = maps
        let work = SceneWork(
            check: { scene in
                let text = try String(contentsOfFile: scene, encoding: .utf8)
                guard text.hasSuffix(".") else { throw BadScene(description: "“\(scene)” is cut.") }
            },
            placedBytes: { name in
                (try? FileStamp(maps + "/" + SceneNames.mapName(for: name.text)))?.size
            },
            segment: { order, _ in
                record.add("segment")
                let map = maps + "/" + SceneNames.mapName(for: order.name.text)
                do {
                    let text = try String(contentsOfFile: order.path, encoding: .utf8)
                    func failed(_ code: Int32, _ sentence: String) -> WorkerEnding {
                        .failed(JobFailure(code: code, stage: "segmenting", sentence: sentence))
                    }
                    if text.contains("bad") { return failed(65, "“\(order.path)” is bad.") }
                    if text.contains("full") { return failed(73, "The disk is full.") }
                    if text.contains("crash") { return .crashed(signal: SIGSEGV) }
                    while text.contains("slow") {
                        if order.shouldStop() { return .stopped }
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    let isThere = (try? String(contentsOfFile: map, encoding: .utf8)) == text
                    if !isThere { try AtomicFile.write(text, to: map) }
                    let hash = SHA256.hex(Array(text.utf8))
                    return .done(
                        JobResult(
                            width: 1, height: 1, sceneHash: hash,
                            files: [
                                .init(path: FileName(map), bytes: text.utf8.count, sha256: hash)
                            ], classes: [], nodataPixels: 0, seconds: 1, isUnchanged: isThere,
                            warnings: []))
                } catch {
                    return .failed(
                        JobFailure(code: 1, stage: "segmenting", sentence: "\(error)"))
                }
            },
            reuse: { job, scene, _ in
                try job.result.flatMap { try MapCopy.copy($0, of: job.scene, to: scene) }
            })
        var daemon = Daemon(
            folder: folder, maps: maps,
            plan: DaemonPlan(
                modelHash: "m", settingsHash: "s", model: "model", classes: [], work: work),
            logger: Logger(label: "test") { _ in RecordingLog(record: record) })
        daemon.settle = .milliseconds(50)
        daemon.interval = .milliseconds(20)
        daemon.patience = .milliseconds(300)
        daemon.once = true
        return daemon
    }

    /// What lies in the folder of the maps, but for the daemon's state.
    private var made: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: maps).filter { $0 != ".iicd" }
                .sorted()
        }
    }

    private func clean() { try? FileManager.default.removeItem(atPath: base) }

    @Test(.timeLimit(.minutes(4)))
    func `good scenes are mapped, bad ones are reported once and end nothing`() async throws {
        defer { clean() }
        try write("one.", "a.tif")
        try write("two.", "a.tiff")
        try write("bad.", "b.tif")
        try write("cut", "c.tif")
        try write("hidden.", ".d.tif")
        try write("text.", "e.txt")
        try write("full.", "f.tif")
        try FileManager.default.createDirectory(
            atPath: folder + "/g.tif", withIntermediateDirectories: true)
        #expect(try await daemon().run() == ["b.tif", "c.tif", "f.tif"])
        #expect(read("a.tif") == "one." && read("a.tiff.tif") == "two.")
        #expect(try made == ["a.tif", "a.tiff.tif", "failed"])
        #expect(record.count("is bad") == 1 && record.count("is cut") == 1)
        #expect(record.count("The disk is full") == 1 && record.count("tried again") == 1)
    }

    @Test(.timeLimit(.minutes(4)))
    func `after a restart only changed scenes are done again`() async throws {
        defer { clean() }
        try write("one.", "a.tif")
        try write("two.", "b.tif")
        try await daemon().run()
        #expect(record.count("segment") == 2)
        try await daemon().run()
        #expect(record.count("segment") == 2)
        try write("three.", "b.tif")
        try await daemon().run()
        #expect(record.count("segment") == 3 && read("b.tif") == "three.")
    }

    @Test(.timeLimit(.minutes(4)))
    func `a scene that is replaced or deleted while it runs is given up`() async throws {
        defer { clean() }
        try write("slow.", "a.tif")
        try write("slow.", "b.tif")
        async let failures = daemon().run()
        while record.count("segment") == 0 { try await Task.sleep(for: .milliseconds(10)) }
        try write("quick.", "a.tif")
        try FileManager.default.removeItem(atPath: folder + "/b.tif")
        #expect(try await failures == [])
        #expect(read("a.tif") == "quick." && read("b.tif") == nil)
    }

    @Test(.timeLimit(.minutes(4)))
    func `a graceful shutdown in mid-scene is quick and leaves nothing behind`() async throws {
        defer { clean() }
        try write("slow.", "a.tif")
        var daemon = daemon()
        daemon.once = false
        async let run = daemon.run()
        while record.count("segment") == 0 { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        kill(getpid(), SIGTERM)
        _ = try await run
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try made == [])
        #expect(record.count("given up for the shutdown") == 1 && record.count("Stopped") == 1)
    }

    @Test(.timeLimit(.minutes(4)))
    func `a signal before all is done is an interruption of --once`() async throws {
        defer { clean() }
        try write("slow.", "a.tif")
        let daemon = daemon()
        let run = Task { try await daemon.run() }
        while record.count("segment") == 0 { try await Task.sleep(for: .milliseconds(10)) }
        kill(getpid(), SIGTERM)
        await #expect(throws: Interrupted()) { try await run.value }
        #expect(try made == [])
    }

    @Test(.timeLimit(.minutes(4)))
    func `what lies in the folder of the maps is no obstacle`() async throws {
        defer { clean() }
        try write("one.", "a.tif")
        try FileManager.default.createDirectory(
            atPath: maps + "/probe", withIntermediateDirectories: true)
        #expect(try await daemon().run() == [])
        #expect(read("a.tif") == "one.")
    }

    @Test func `folders that cannot work are refused at once`() async throws {
        defer { clean() }
        try write("one.", "a.tif")
        var same = daemon()
        same.maps = folder + "/."
        await #expect(throws: UsageError.self) { try await same.run() }
        var missing = daemon()
        missing.folder = base + "/none"
        await #expect { try await missing.run() } throws: {
            ($0 as? any UserError)?.exitStatus == .noInput
        }
        var blocked = daemon()
        blocked.maps = folder + "/a.tif/maps"
        await #expect(throws: AtomicFileError.self) { try await blocked.run() }
    }

    private func wait(_ what: () throws -> Bool) async throws {
        for _ in 0..<2000 {
            if try what() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("what was waited for did not come: \(record.all)")
    }

    private func isDone(_ count: Int) -> Bool {
        (try? Ledger(reading: maps).counts())?[.done] == count
    }

    @Test(.timeLimit(.minutes(4)), arguments: [true, false])
    func `a ledger that goes, or is cut, while it is used begins anew`(
        goes: Bool
    ) async throws {
        defer { clean() }
        try write("one.", "a.tif")
        var daemon = daemon()
        daemon.once = false
        let running = daemon
        let run = Task { try await running.run() }
        try await wait { isDone(1) }
        if goes {
            try FileManager.default.removeItem(atPath: maps + "/.iicd")
        } else {
            for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
                let file = try FileHandle(
                    forUpdating: URL(filePath: maps + "/.iicd/" + name))
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: Data(repeating: 7, count: 9000))
                try file.close()
            }
        }
        try write("two.", "b.tif")
        try await wait { isDone(2) && read("b.tif") == "two." }
        kill(getpid(), SIGTERM)
        _ = try await run.value
        #expect(read("a.tif") == "one." && record.count("A new ledger begins") == 1)
    }

    @Test(.timeLimit(.minutes(4)))
    func `the folder of maps is waited for`() async throws {
        defer { clean() }
        try write("one.", "a.tif")
        var daemon = daemon()
        daemon.once = false
        let running = daemon
        let run = Task { try await running.run() }
        try await wait { isDone(1) }
        try FileManager.default.moveItem(atPath: maps, toPath: base + "/away")
        try await wait { record.count("has gone: it is waited for") == 1 }
        try write("two.", "b.tif")
        try await Task.sleep(for: .milliseconds(300))
        #expect(!FileManager.default.fileExists(atPath: maps))
        try FileManager.default.moveItem(atPath: base + "/away", toPath: maps)
        try await wait { isDone(2) }
        kill(getpid(), SIGTERM)
        _ = try await run.value
        #expect(read("a.tif") == "one." && read("b.tif") == "two.")
    }

    @Test(.timeLimit(.minutes(4)))
    func `a scene whose worker dies thrice is reported, and no other`() async throws {
        defer { clean() }
        try write("crash.", "a.tif")
        try write("one.", "b.tif")
        let report = maps + "/failed/a.tif.error.json"
        #expect(try await daemon().run() == ["a.tif"])
        #expect(FileManager.default.fileExists(atPath: report))
        #expect(record.count("segment") == 4 && read("b.tif") == "one.")
        let job = try #require(try Ledger(reading: maps).job(of: "a.tif"))
        #expect(job.state == .failed && job.crashes == 3 && job.attempts == 3)
        // The report goes when the scene is another.
        try write("two.", "a.tif")
        #expect(try await daemon().run() == [])
        #expect(isDone(2) && !FileManager.default.fileExists(atPath: report))
    }
}
