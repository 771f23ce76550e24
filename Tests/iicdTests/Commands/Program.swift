import Foundation
import IICInfer

/// The built program, run as a user would: a child process with its own streams. Arguments and
/// variables are paths, of any bytes.
final class Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Result {
        /// 128 + the signal, for one that ended by a signal.
        let status: Int32
        let output: String
        let errors: String
    }

    private let pid: pid_t
    private let folder: String

    /// - Parameters:
    ///   - name: of the program.
    ///   - output: where standard output goes; a file in a temporary folder if nil.
    ///   - fileLimit: no file may get longer, in units of 512 bytes.
    ///   - isBound: whether permissions bind it as they bind everyone but root.
    ///   - ignoresHangUp: whether it starts as `nohup` would start it.
    init(
        _ arguments: [String], environment: [String: String] = [:], output: String? = nil,
        fileLimit: Int? = nil, isBound: Bool = false, ignoresHangUp: Bool = false,
        program name: String = "iicd"
    ) throws {
        // The test bundle lies beside the program.
        let builds = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        let program = "\(builds)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) is not built")
        }
        folder = FileManager.default.temporaryDirectory.path + "/iicd-run-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var command = [program] + arguments
        if let fileLimit {
            command = ["/bin/sh", "-c", "ulimit -f \(fileLimit); exec \"$@\"", "sh"] + command
        }
        if ignoresHangUp {
            command = ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"] + command
        }
        if isBound { command = Self.bound + command }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (stream, path) in [(1, output ?? folder + "/1"), (2, folder + "/2")] {
            unsafe posix_spawn_file_actions_addopen(
                &actions, Int32(stream), path, O_WRONLY | O_CREAT, 0o600)
        }
        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8"]
        variables.merge(environment) { $1 }
        // The threads that tests run on block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let code = unsafe Self.withCStrings(command) { arguments in
            unsafe Self.withCStrings(variables.map { "\($0)=\($1)" }) { environment in
                unsafe posix_spawn(
                    &pid, command[0], &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw Failure(description: unsafe String(cString: strerror(code))) }
        self.pid = pid
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What makes root a user like others; nothing for others.
    private static let bound =
        geteuid() == 0
        ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []

    /// Whether root may give up its privileges here, which some containers do not let it.
    static let canBeBound: Bool = {
        guard !bound.isEmpty else { return true }
        let process = Process()
        process.executableURL = URL(filePath: bound[0])
        process.arguments = bound.dropFirst() + ["true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static func run(
        _ arguments: String..., environment: [String: String] = [:], output: String? = nil
    ) throws -> Result {
        try Program(arguments, environment: environment, output: output).wait()
    }

    /// Seconds of processor time that it has used so far.
    var processorSeconds: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            // After the name, which may hold anything, fields 14 and 15 are the 12th and 13th.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            let ticks = fields[12...13].compactMap { Double($0) }.reduce(0, +)
            return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// The most memory that it has had so far; nil once it has ended.
    ///
    /// Not `ru_maxrss`, which begins with what the process had before it became the program.
    var peakBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first
            .flatMap { Int($0) }.map { $0 << 10 }
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Whether it has ended; ``wait()`` still works after that.
    var hasEnded: Bool {
        var information = unsafe siginfo_t()
        let result = unsafe waitid(
            P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT)
        return unsafe result == 0 && information.si_signo == SIGCHLD
    }

    var errors: String { (try? String(contentsOfFile: folder + "/2", encoding: .utf8)) ?? "" }

    var output: String { (try? String(contentsOfFile: folder + "/1", encoding: .utf8)) ?? "" }

    func wait() throws -> Result {
        var status: Int32 = 0
        guard unsafe waitpid(pid, &status, 0) == pid else {
            throw Failure(description: unsafe String(cString: strerror(errno)))
        }
        let output = output
        let signal = status & 0x7F
        return Result(
            status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: output,
            errors: errors)
    }

    private static func withCStrings<Value>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers = unsafe strings.map { unsafe $0.withCPath { unsafe strdup($0) } }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("never empty") }
            return unsafe body(base)
        }
    }
}
