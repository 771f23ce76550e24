import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICDaemon

@Suite struct LedgerLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs a script with the lock file's path as its argument; its standard output ends when it does.
    private func python(_ script: String) throws -> (Process, input: Pipe, output: Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, folder("lock")]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        return (process, input, output)
    }

    private func acquire() throws -> Bool { try LedgerLock.tryAcquire(in: folder.path) != nil }

    @Test func `one has it at a time, and its end frees it`() throws {
        var lock = try LedgerLock.tryAcquire(in: folder.path)
        #expect(lock != nil)
        #expect(try !acquire())
        #expect(LedgerLock.holder(in: folder.path) == "process \(getpid())")
        lock = nil
        #expect(try acquire())
    }

    @Test func `another process keeps it away until it ends, however it does`() throws {
        let (process, _, output) = try python(
            """
            import fcntl, os, sys, time
            file = open(sys.argv[1], "w")
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write("%d elsewhere\\n" % os.getpid()); file.flush()
            print("held", flush=True)
            time.sleep(600)
            """)
        defer { process.terminate() }
        let word = try output.fileHandleForReading.read(upToCount: 4)
        try #require(word == Data("held".utf8))
        #expect(try !acquire())
        let refusal = LedgerLock.refusal(in: folder.path)
        #expect(refusal.exitStatus == .tryAgain)
        #expect(
            refusal.description.contains("process \(process.processIdentifier) on elsewhere"))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try acquire())
    }

    @Test func `a lock that another has taken over is not held any more`() throws {
        let lock = try #require(try LedgerLock.tryAcquire(in: folder.path))
        #expect(lock.isHeld)
        try Data("1 elsewhere\n".utf8).write(to: URL(filePath: folder("lock")), options: [])
        #expect(!lock.isHeld)
        lock.remove()
        #expect(LedgerLock.holder(in: folder.path) == "process 1 on elsewhere")
    }

    @Test func `a lock goes with its holder, and another's stays`() throws {
        let lock = try #require(try LedgerLock.tryAcquire(in: folder.path))
        PathCalls.unlink(folder("lock"))
        let other = try #require(try LedgerLock.tryAcquire(in: folder.path))
        lock.remove()
        #expect(other.isHeld)
        other.remove()
        #expect(!FileManager.default.fileExists(atPath: folder("lock")))
    }

    @Test func `locks of scenes go with those who had them`() throws {
        let scene = SceneLock.path(of: "sub/a.tif", in: folder.path)
        #expect(scene != SceneLock.path(of: "a.tif", in: folder.path))
        try OutputFolder.make(SceneLock.folder(in: folder.path))
        let held = try #require(try LedgerLock.tryAcquire(at: scene))
        #expect(try LedgerLock.tryAcquire(at: scene) == nil)
        let other = SceneLock.path(of: "b.tif", in: folder.path)
        _ = try LedgerLock.tryAcquire(at: other)
        SceneLock.removeUnused(in: folder.path)
        #expect(held.isHeld && !FileManager.default.fileExists(atPath: other))
    }

    @Test func `a child inherits neither the lock nor the ledger`() throws {
        let ledger = try Ledger(folder: folder.path, isOnNetwork: false)
        try ledger.upsert([LedgerTests.job("a.tif")])
        _ = try ledger.counts()
        var lock = try LedgerLock.tryAcquire(in: folder.path)
        try #require(lock != nil)
        // Foundation's own Process closes what it does not pass on; this does not.
        let listing = folder("descriptors")
        let number = folder("number")
        #expect(
            unsafe system(
                "(ls -l /proc/self/fd > '\(listing)'; exec sleep 600) > /dev/null & "
                    + "echo $! > '\(number)'") == 0)
        let child = try pid_t(
            String(contentsOfFile: number, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines))
        defer { if let child { kill(child, SIGKILL) } }
        #expect(child != nil)
        var text = ""
        for _ in 0..<1000 where !text.contains("descriptors") {
            usleep(10_000)
            text = (try? String(contentsOfFile: listing, encoding: .utf8)) ?? ""
        }
        #expect(text.contains("descriptors"))
        #expect(!text.contains("ledger.sqlite"))
        #expect(!text.contains("/lock"))
        lock = nil
        #expect(try acquire())
    }

    @Test func `a folder that is not there is said with its reason`() throws {
        let error = #expect(throws: LedgerError.self) {
            _ = try LedgerLock.tryAcquire(in: folder("missing")) != nil
        }
        #expect(error?.description.contains("missing/lock") == true)
    }
}
