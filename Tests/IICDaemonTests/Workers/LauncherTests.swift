import Foundation
import IICInfer
import Synchronization
import TestSupport
import Testing

@testable import IICDaemon

/// Shell scripts in the place of a launcher and of the worker that it starts.
@Suite struct LauncherTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        // As the program has it: a launcher may end before it has read its order.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    private static let hash = String(repeating: "0f", count: 32)
    private static let result = JobResult(
        width: 2, height: 2, sceneHash: hash,
        files: [.init(path: "m.tif", bytes: 3, sha256: hash)],
        classes: [.init(name: "a", colour: "#112233", pixels: 3, squareMetres: nil)],
        nodataPixels: 1, seconds: 0, isUnchanged: false, warnings: [])

    private static func says(_ message: WorkerMessage) -> String { "echo '\(message.line())'\n" }
    private static let begins = says(.event(.started(host: "n2", process: 77)))
    private static let ends = says(.done(result))

    private func order(_ script: String, _ arguments: [String] = []) throws -> WorkerOrder {
        let path = try folder.write(text: script, to: "launcher.sh")
        var order = WorkerOrder(
            executable: "/usr/bin/iicd", launcher: ["sh", path], arguments: arguments)
        order.grace = .seconds(1)
        order.timeOutGrace = .milliseconds(500)
        return order
    }

    private func run(_ script: String) async throws -> WorkerEnding {
        await Worker(try order(script)).run()
    }

    /// A failure that is no verdict on the scene.
    private func loss(_ ending: WorkerEnding) throws -> JobFailure {
        guard case .failed(let failure) = ending, failure.code == 75 else {
            Issue.record("\(ending)")
            throw CancellationError()
        }
        return failure
    }

    @Test func `scenes' names come by standard input, and stand in no command line`() async throws {
        let odd = String(pathBytes: Array("a; rm -rf $HOME '\"\n".utf8) + [0xFC])
        let order = try order(
            "read -r line; printf '%s' \"$line\" > \"\(folder("line"))\"\n"
                + "printf '%s ' \"$@\" > \"\(folder("words"))\"\n" + Self.begins + Self.ends,
            ["segment", odd])
        guard case .done = await Worker(order).run() else {
            Issue.record("not done")
            return
        }
        let line = try Data(contentsOf: URL(filePath: folder("line")))
        let read = try #require(LaunchOrder(line: Array(line)))
        #expect(read.arguments.map(\.pathBytes) == ["segment".pathBytes, odd.pathBytes])
        #expect(read.version == Software.version)
        #expect(read.folder == FileManager.default.currentDirectoryPath)
        let words = try String(contentsOfFile: folder("words"), encoding: .utf8)
        #expect(words == "/usr/bin/iicd launched-worker ")
    }

    @Test func `banners before and after, and exit code 255, cost nothing`() async throws {
        let ending = try await run(
            "echo Welcome; echo; echo '{\"event\": 1}'; echo 'Maintenance on Sunday' >&2\n"
                + "printf 'no end'; echo\n" + Self.begins + Self.ends
                + "echo Bye; echo 'Connection closed.' >&2; exit 255")
        guard case .done = ending else {
            Issue.record("\(ending)")
            return
        }
    }

    /// With 0, `srun` ends where a node is lost.
    @Test(arguments: [0, 1, 2, 64, 65, 127, 130, 137, 139, 143, 255])
    func `a launcher's trouble is no verdict on the scene`(code: Int) async throws {
        let early = try loss(
            await run("echo 'srun: error: Node failure on n1' >&2; exit \(code)"))
        #expect(early.stage == "launching")
        #expect(early.sentence.contains("“sh” ended with exit code \(code) before any worker"))
        #expect(early.sentence.hasSuffix(": srun: error: Node failure on n1"))
        guard code != 139 else { return }
        let late = try loss(await run(Self.begins + "exit \(code)"))
        #expect(late.sentence.contains("its worker on n2"))
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP])
    func `a launcher that is killed is none either`(signal: Int32) async throws {
        let failure = try loss(await run(Self.begins + "kill -\(signal) $$; sleep 60"))
        #expect(failure.sentence.contains("died by signal \(signal)"))
    }

    @Test func `a worker that dies of its own fault has crashed`() async throws {
        #expect(try await run(Self.begins + "exit 139") == .crashed(signal: SIGSEGV))
        #expect(try await run(Self.begins + "kill -ABRT $$; sleep 60") == .crashed(signal: SIGABRT))
    }

    @Test func `what the worker says of its failure counts, not the launcher's exit code`()
        async throws
    {
        let failure = JobFailure(code: 65, stage: "opening", sentence: "“a” is no scene.")
        #expect(
            try await run(Self.begins + Self.says(.failed(failure)) + "exit 1") == .failed(failure))
        #expect(
            try await run(Self.begins + Self.says(.failed(failure)) + "exit 0") == .failed(failure))
        let early = try loss(await run("echo 'iicd: There is no such folder.' >&2; exit 64"))
        #expect(early.sentence == "There is no such folder.")
    }

    @Test func `a launcher that is not there may come`() async throws {
        var order = try order("")
        order.launcher = ["no-such-launcher", "-n1"]
        let failure = try loss(await Worker(order).run())
        #expect(failure.sentence.contains("no-such-launcher"))
    }

    @Test func `a launcher that starts nothing is ended, and the scene is not blamed`() async throws
    {
        var order = try order("echo 'queued and waiting' >&2; exec sleep 600")
        order.launchLimit = .milliseconds(300)
        let failure = try loss(await Worker(order).run())
        #expect(failure.sentence.contains("no worker within 0.3 s: queued and waiting"))
    }

    @Test func `time in a queue is not the worker's`() async throws {
        var order = try order("sleep 3\n" + Self.begins + Self.ends)
        order.timeLimit = .seconds(2)
        guard case .done(let result) = await Worker(order).run() else {
            Issue.record("it was ended")
            return
        }
        #expect(result.seconds < 3)
        order = try self.order(
            Self.begins + "while sleep 0.1; do \(Self.says(.alive)) done")
        order.timeLimit = .milliseconds(500)
        order.followsEstimate = false
        #expect(await Worker(order).run() == .timedOut(.milliseconds(500)))
    }

    @Test func `a worker that is not heard of any more is lost, not hung`() async throws {
        var order = try order(Self.begins + "exec sleep 600")
        order.silenceLimit = .milliseconds(400)
        let failure = try loss(await Worker(order).run())
        #expect(failure.sentence.contains("worker on n2 for 0.4 s"))
    }

    @Test func `the worker hears that its daemon lives, and is heard`() async throws {
        var order = try order(
            "read -r line\n" + Self.begins
                + "for i in 1 2 3; do read -r line; [ -z \"$line\" ] || exit 3; \(Self.says(.alive)) done\n"
                + Self.ends)
        order.silenceLimit = .seconds(30)
        guard case .done = await Worker(order).run() else {
            Issue.record("not done")
            return
        }
    }

    @Test func `a worker is asked to end, and its launcher told only where that is no use`()
        async throws
    {
        let ready = folder("ready")
        func stop(_ script: String) async throws -> WorkerEnding {
            try? FileManager.default.removeItem(atPath: ready)
            var order = try order(script)
            // It must not come to the signal on a busy machine.
            order.grace = .seconds(60)
            let worker = Worker(order)
            async let ending = worker.run()
            while !FileManager.default.fileExists(atPath: ready) {
                try await Task.sleep(for: .milliseconds(5))
            }
            worker.stop()
            return await ending
        }
        let signalled = "trap 'echo TERM > \"\(folder("signalled"))\"; exit 1' TERM\n"
        let ending = try await stop(
            // After its order, the first word comes when the worker was heard of.
            signalled + "read -r order\n" + Self.begins + "read -r word\n: > \"\(ready)\"\n"
                + "while read -r line; do [ \"$line\" = stop ] && exit 130; done")
        #expect(ending == .stopped)
        #expect(!FileManager.default.fileExists(atPath: folder("signalled")))
        #expect(
            try await stop(signalled + ": > \"\(ready)\"\nwhile :; do sleep 0.01; done") == .stopped
        )
        #expect(FileManager.default.fileExists(atPath: folder("signalled")))
    }
}
