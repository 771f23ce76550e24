import Glibc
import IICInfer
import Subprocess
import Synchronization
import SystemPackage

extension Worker {
    /// Whether a child has ended, which stays unreaped.
    static func hasEnded(_ pid: Int32) -> Bool {
        var information = unsafe siginfo_t()
        let code = unsafe waitid(
            P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT)
        return unsafe code != 0 ? errno != EINTR : information.si_signo == SIGCHLD
    }

    /// Sends a signal to all of a worker's session.
    static func send(_ signal: Int32, to pid: Int32) {
        if kill(-pid, signal) != 0 { _ = kill(pid, signal) }
    }

    func ending(
        _ status: TerminationStatus, told deadline: WorkerDeadline, seconds: Double
    ) -> WorkerEnding {
        let transcript = transcript.withLock { $0 }
        // What is done is done, though it was told to end meanwhile.
        if status == .exited(0) || order.isLaunched, transcript.result != nil {
            return transcript.ending(exitCode: 0, seconds: seconds)
        }
        switch (deadline.reason, status) {
        case (.stop, _): return .stopped
        case (.time, _): return .timedOut(deadline.limit)
        case (.launch, _):
            return transcript.lost(
                "The launcher “\(order.launcher[0])” has started no worker within "
                    + "\(order.launchLimit.words)\(transcript.launcherWords)")
        case (.silence, _):
            return transcript.lost(
                "Nothing was heard of the worker on \(transcript.host ?? "another machine") for "
                    + "\(deadline.silenceLimit.words): it is taken for lost.")
        case (nil, .exited(let code)) where order.isLaunched:
            return transcript.ending(
                launcher: order.launcher[0], .exited(code), seconds: seconds)
        case (nil, .signaled(let signal)) where order.isLaunched:
            return transcript.ending(
                launcher: order.launcher[0], .signaled(signal), seconds: seconds)
        // Somebody else has told it to end.
        case (nil, .exited(ExitStatus.interrupted.rawValue)): return .crashed(signal: SIGTERM)
        case (nil, .signaled(let signal)): return .crashed(signal: signal)
        case (nil, .exited(let code)):
            return transcript.ending(exitCode: code, seconds: seconds)
        }
    }

    /// A program by its path; by its name in this process's PATH if it has no slash.
    static func executable(_ path: String) async throws -> Executable {
        guard !path.utf8.contains(UInt8(ascii: "/")) else { return .path(FilePath(path)) }
        // Looked for in an environment of bytes, it would miss what lies in the last folder.
        return .path(try await Executable.name(path).resolveExecutablePath(in: .inherit))
    }
}
