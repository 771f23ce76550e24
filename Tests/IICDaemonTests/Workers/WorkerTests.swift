import Foundation
import IICDaemon
import IICInfer
import Synchronization
import TestSupport
import Testing

/// Shell scripts in a worker's place.
@Suite struct WorkerTests {
    /// What a worker told.
    private final class Record: Sendable {
        private let events = Mutex<[WorkerEvent]>([])
        private let pid = Atomic<Int32>(0)

        func add(_ event: WorkerEvent) { events.withLock { $0.append(event) } }
        func begin(_ pid: Int32) { self.pid.store(pid, ordering: .relaxed) }
        var all: [WorkerEvent] { events.withLock { $0 } }
        var number: Int32 { pid.load(ordering: .relaxed) }
    }

    private let folder: TemporaryFolder
    private let record = Record()

    init() throws { folder = try TemporaryFolder() }

    private static let hash = String(repeating: "0f", count: 32)
    private static let result = JobResult(
        width: 2, height: 2, sceneHash: hash,
        files: [.init(path: "m.tif", bytes: 3, sha256: hash)],
        classes: [.init(name: "a", colour: "#112233", pixels: 3, squareMetres: nil)],
        nodataPixels: 1, seconds: 0, isUnchanged: false, warnings: [])

    private func order(_ script: String, _ arguments: [String] = []) throws -> WorkerOrder {
        let path = try folder.write(text: script, to: "worker.sh")
        var order = WorkerOrder(executable: "/bin/sh", arguments: [path] + arguments)
        order.grace = .milliseconds(500)
        order.timeOutGrace = .milliseconds(500)
        return order
    }

    private func run(_ worker: Worker) async -> WorkerEnding {
        await worker.run(onStart: record.begin, events: record.add)
    }

    private func run(_ script: String) async throws -> WorkerEnding {
        await run(Worker(try order(script)))
    }

    private func says(_ message: WorkerMessage) -> String { "echo '\(message.line())'\n" }

    @Test func `a worker that has done its work tells what it has made`() async throws {
        let rows = WorkerEvent.rows(MapRows(width: 1, height: 2, first: 0, labels: [1, 255]))
        let ending = try await run(
            says(.event(.warning("Odd."))) + says(.event(rows)) + "echo noise; echo '{}'\n"
                + says(.done(Self.result)))
        guard case .done(var result) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(result.seconds > 0 && result.warnings == ["Odd."])
        (result.seconds, result.warnings) = (0, [])
        #expect(result == Self.result)
        #expect(record.all == [.warning("Odd."), rows])
        #expect(record.number > 0)
    }

    @Test func `a last line needs no end`() async throws {
        let line = WorkerMessage.done(Self.result).line()
        let ending = try await run("printf '%s' '\(line)'")
        guard case .done = ending else {
            Issue.record("\(ending)")
            return
        }
    }

    @Test func `failures have the worker's words and its exit code`() async throws {
        let failure = JobFailure(code: 65, stage: "opening", sentence: "“a” is no scene.")
        #expect(try await run(says(.failed(failure)) + "exit 65") == .failed(failure))
        let ending = try await run("echo 'iicd: It went wrong.' >&2; exit 64")
        #expect(
            ending
                == .failed(JobFailure(code: 64, stage: "starting", sentence: "It went wrong.")))
    }

    @Test(arguments: [[0, 1], [1, 1], [2, 2]])
    func `an end without a word of its own is no failure of the scene`(codes: [Int32]) async throws
    {
        let ending = try await run("echo 'out of memory' >&2; exit \(codes[0])")
        #expect(
            ending
                == .broken(
                    JobFailure(code: codes[1], stage: "starting", sentence: "out of memory")))
        // Nor is that of a program that could not be started.
        guard case .failed = try await run("exit 127") else {
            Issue.record("taken for a crash")
            return
        }
    }

    @Test func `a program that is not there is a failure that may pass`() async throws {
        let worker = Worker(WorkerOrder(executable: folder("none"), arguments: []))
        guard case .failed(let failure) = await worker.run() else {
            Issue.record("it ran")
            return
        }
        #expect(failure.code == 75 && failure.stage == "starting")
        #expect(failure.sentence.contains(folder("none")))
    }

    @Test(arguments: [SIGSEGV, SIGKILL, SIGTERM])
    func `a signal that the daemon did not send is a crash`(signal: Int32) async throws {
        let worker = Worker(try order("echo 'Fatal error: here' >&2; kill -\(signal) $$; sleep 60"))
        #expect(await run(worker) == .crashed(signal: signal))
        #expect(worker.errorText.hasPrefix("Fatal error: here"))
    }

    @Test func `one that somebody else has told to end has crashed`() async throws {
        #expect(try await run("exit 130") == .crashed(signal: SIGTERM))
    }

    @Test func `a worker that is stopped may end in peace`() async throws {
        let worker = Worker(
            try order(
                "trap 'echo ended > \"\(folder("ended"))\"; exit 130' TERM\n: > \"\(folder("ready"))\"\nwhile :; do sleep 0.01; done"
            ))
        async let ending = run(worker)
        while !FileManager.default.fileExists(atPath: folder("ready")) {
            try await Task.sleep(for: .milliseconds(5))
        }
        worker.stop()
        #expect(await ending == .stopped)
        #expect(FileManager.default.fileExists(atPath: folder("ended")))
    }

    @Test func `a worker that takes no notice is killed, with what it has started`() async throws {
        let worker = Worker(
            try order(
                "trap '' TERM\nsleep 600 &\necho $! > \"\(folder("child"))\"\n: > \"\(folder("ready"))\"\nwhile :; do sleep 0.01; done"
            ))
        let task = Task { await run(worker) }
        while !FileManager.default.fileExists(atPath: folder("ready")) {
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        #expect(await task.value == .stopped)
        #expect(kill(record.number, 0) != 0)
        let text = try String(contentsOfFile: folder("child"), encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // The signal is sent; on a busy machine it takes a moment to arrive.
        for _ in 0..<1000 where WorkerIdentity(pid: child)?.isAlive == true {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(WorkerIdentity(pid: child)?.isAlive != true)
    }

    @Test func `one that was stopped before it began does not begin`() async throws {
        let worker = Worker(try order(": > \"\(folder("ready"))\""))
        worker.stop()
        #expect(await worker.run() == .stopped)
        #expect(!FileManager.default.fileExists(atPath: folder("ready")))
    }

    @Test func `a worker that hangs is ended, whatever it says of the time it needs`() async throws
    {
        var order = try order(says(.estimate(1e6)) + "sleep 600")
        order.timeLimit = .milliseconds(300)
        order.followsEstimate = false
        #expect(await Worker(order).run() == .timedOut(.milliseconds(300)))
    }

    @Test func `an estimate gives more time`() async throws {
        var order = try order(says(.estimate(1)) + "sleep 4; " + says(.done(Self.result)))
        // Enough for its word to come on a busy machine.
        order.timeLimit = .seconds(3)
        guard case .done = await Worker(order).run() else {
            Issue.record("it was ended")
            return
        }
    }

    @Test func `a flood of output costs nothing but time`() async throws {
        let worker = Worker(
            try order(
                "head -c 9000000 /dev/zero\nhead -c 3000000 /dev/zero | tr '\\0' '\\n'\n"
                    + "head -c 3000000 /dev/zero >&2\necho noise\n" + says(.done(Self.result))))
        guard case .done = await run(worker) else {
            Issue.record("not done")
            return
        }
        #expect(worker.ignoredLines == 2)
        #expect(worker.errorText.utf8.count == 4096)
    }

    @Test func `what a worker leaves behind holds nobody up`() async throws {
        // One that holds the output open, one that leaves the session and does so, and one that writes
        // for ever there.
        let ending = try await run("sleep 600 &\n" + says(.done(Self.result)))
        guard case .done = ending else {
            Issue.record("\(ending)")
            return
        }
        let silent = try await run(
            "setsid sh -c 'echo $$ > \"\(folder("silent"))\"; exec sleep 600' &\n"
                + "while [ ! -s \"\(folder("silent"))\" ]; do sleep 0.01; done\n"
                + says(.done(Self.result)))
        let text = try String(contentsOfFile: folder("silent"), encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(WorkerIdentity(pid: child)?.isAlive == true)
        kill(child, SIGKILL)
        guard case .done = silent else {
            Issue.record("\(silent)")
            return
        }
        let flood = try await run(
            "setsid sh -c 'echo $$ > \"\(folder("child"))\"; exec yes' &\n"
                + "while [ ! -s \"\(folder("child"))\" ]; do sleep 0.01; done\n"
                + says(.done(Self.result)))
        guard case .done = flood else {
            Issue.record("\(flood)")
            return
        }
    }

    @Test func `standard input stays open, and nothing else is inherited`() async throws {
        // One that a child would inherit, of a number that no shell uses.
        let descriptor = fcntl(2, F_DUPFD, 200)
        defer { close(descriptor) }
        // `cat` succeeds where its input is at its end, and waits where it is open.
        let ending = try await run(
            "ls /proc/$$/fd | tr '\\n' ' ' > \"\(folder("descriptors"))\"\n"
                + "timeout 0.3 cat && exit 3\n" + says(.done(Self.result)))
        guard case .done = ending else {
            Issue.record("\(ending)")
            return
        }
        let names = try String(contentsOfFile: folder("descriptors"), encoding: .utf8)
            .split(separator: " ").compactMap { Int32($0) }
        #expect(!names.isEmpty && names.allSatisfy { $0 < 200 })
    }

    @Test func `a worker has a session of its own`() async throws {
        _ = try await run(
            "cut -d ' ' -f 1,5,6 /proc/$$/stat > \"\(folder("stat"))\"")
        let numbers = try String(contentsOfFile: folder("stat"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        #expect(numbers == [record.number, record.number, record.number])
    }

    @Test func `arguments and variables are handed on to the byte`() async throws {
        var order = try order("printf '%s' \"$1$X\" > \"\(folder("bytes"))\"")
        order.arguments.append(String(pathBytes: [97, 0xFC, 10, 34]))
        order.environment = [Array("PATH=/usr/bin:/bin".utf8), [88, 61, 0xFF]]
        order.addressSpace = 12345
        _ = await Worker(order).run()
        let bytes = try Data(contentsOf: URL(filePath: folder("bytes")))
        #expect(Array(bytes) == [97, 0xFC, 10, 34, 0xFF])
    }
}
