import Foundation
import IICDaemon
import IICInfer
import Testing

/// `iicd watch --launcher`, with scripts that do what launchers do.
@Suite struct LauncherTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
    }

    private func script(_ text: String, _ name: String = "launch") throws -> String {
        try data.write(Data("#!/bin/sh\n\(text)\n".utf8), name)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: data(name))
        return data(name)
    }

    private func start(_ launcher: String, _ flags: String...) throws -> Program {
        try Program(
            [
                "watch", data("in"), "-m", model, "-o", data("maps"), "--interval", "50ms",
                "--settle",
                "0", "--launcher", launcher,
            ] + flags)
    }

    private func wait(_ program: Program, until condition: () throws -> Bool) rethrows {
        for _ in 0..<15_000 where try !condition() && !program.hasEnded { usleep(10_000) }
    }

    private func reference(_ scene: String) throws -> Data {
        let result = try Program.run(
            "segment", data("in/\(scene)"), "-m", model, "-o", data("single.tif"))
        #expect(result.status == 0, "\(result.errors)")
        return try data.bytes("single.tif")
    }

    /// As ssh does: another folder, a login's words, and all words once more through a shell.
    @Test(.timeLimit(.minutes(4)))
    func `a shell on the way does nothing to scenes' names`() throws {
        let names = ["a; touch x $(touch y) '\" *.tif", "b.tif"]
        try data.scene("in/\(names[0])", UInt8.self, width: 90, height: 70)
        try data.scene("in/\(names[1])", UInt8.self, width: 230, height: 120)
        let launcher = try script(
            "printf 'Welcome'; cd /; echo 'No mail.' >&2; exec sh -c \"$*\"", "log in")
        let result = try start("'\(launcher)'", "--once", "--workers", "2").wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("” is at work on "))
        for name in names { #expect(try data.bytes("maps/\(name)") == reference(name)) }
        #expect(try !data.maps.contains { $0.hasPrefix(".iicd-") })
    }

    @Test(.timeLimit(.minutes(4)))
    func `a lost machine is an attempt, whatever its launcher ends with`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 90, height: 70)
        // srun ends with 0 where a node fails. More often than a crash is borne.
        let launcher = try script(
            """
            n=$(cat '\(data("count"))' 2>/dev/null || echo 0)
            echo $((n + 1)) > '\(data("count"))'
            [ $n -ge 3 ] && exec "$@"
            exec 3<&0; "$@" <&3 & kill -9 $!; echo 'srun: error: Node failure on n1' >&2
            exit $((n % 2 * 255))
            """)
        let program = try start(launcher)
        try wait(program) {
            try data.maps.contains("a.tif") || program.errors.contains("not tried")
        }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.components(separatedBy: "Node failure on n1").count == 4)
        #expect(try data.bytes("maps/a.tif") == reference("a.tif"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `a launcher that is not there, or starts nothing, blames no scene`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 90, height: 70)
        var program = try start("no-such-launcher -n1")
        wait(program) { program.errors.contains("tried again in") }
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
        #expect(program.errors.contains("no-such-launcher"))
        // A warning and no more: all of this may be one machine.
        #expect(program.errors.contains("--state") != PathCalls.isOnNetwork(data("maps/.iicd")))
        let child = data("child")
        program = try start(try script("echo $$ > '\(child)'; exec sleep 600"))
        wait(program) { FileManager.default.fileExists(atPath: child) }
        let began = ContinuousClock.now
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
        #expect(ContinuousClock.now - began < .seconds(10))
        let text = try String(contentsOfFile: child, encoding: .utf8)
        let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(WorkerIdentity(pid: pid)?.isAlive != true)
        #expect(try data.maps.filter { !$0.hasPrefix(".") } == [])
    }

    @Test(.timeLimit(.minutes(4)))
    func `no scene is begun whose worker lives elsewhere`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 90, height: 70)
        let state = data("maps/.iicd")
        try FileManager.default.createDirectory(
            atPath: SceneLock.folder(in: state), withIntermediateDirectories: true)
        // In its place, this process.
        var lock = try LedgerLock.tryAcquire(at: SceneLock.path(of: "a.tif", in: state))
        #expect(lock != nil)
        let program = try start("env")
        wait(program) { program.errors.contains("tried again in") }
        #expect(program.errors.contains("process \(getpid())), begun by an earlier attempt"))
        #expect(try data.maps.filter { !$0.hasPrefix(".") } == [])
        lock = nil
        try wait(program) { try data.maps.contains("a.tif") }
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
        #expect(try data.bytes("maps/a.tif") == reference("a.tif"))
        let left = try FileManager.default.contentsOfDirectory(
            atPath: SceneLock.folder(in: state))
        #expect(left == [])
    }

    @Test(.timeLimit(.minutes(4)))
    func `a daemon that is killed takes a launcher's worker with it`() throws {
        _ = try data.largeScene("in/large.tif", side: 8000)
        // The launcher stays between, as ssh and srun do.
        let launcher = try script("exec 3<&0; \"$@\" <&3 & wait $!")
        let program = try start("'\(launcher)'", "--threads", "1")
        wait(program) { program.errors.contains("is at work on") }
        let digits = program.errors.split(separator: "by process ").last?.prefix { $0.isNumber }
        let number = try #require(digits.flatMap { Int32($0) })
        let worker = try #require(WorkerIdentity(pid: number))
        program.send(SIGKILL)
        _ = try program.wait()
        for _ in 0..<300 where worker.isAlive { usleep(10_000) }
        #expect(!worker.isAlive)
    }

    @Test func `a worker without an order says what its launcher must do`() throws {
        let result = try Program.run("launched-worker")
        #expect(result.status == 75)
        #expect(result.errors.contains("hands on no standard input"))
    }

    @Test func `quotes without an end are refused`() throws {
        let result = try start("srun 'x").wait()
        #expect(result.status == 64 && result.errors.contains("--launcher"), "\(result.errors)")
    }
}
