import Glibc
import IICInfer
import Subprocess
import Synchronization
import SystemPackage

/// One worker process, from its start to its end.
///
/// It has a session of its own, so that what a terminal sends reaches the daemon alone, and inherits
/// nothing but its three standard streams. Its standard input stays open for as long as this process
/// lives: its end tells the worker that the daemon has gone.
package final class Worker: Sendable {
    private let order: WorkerOrder
    private let isStopWanted = Atomic(false)
    private let hasEnded = Atomic(false)
    private let transcript = Mutex(WorkerTranscript())
    /// How often it is looked whether it has ended or must.
    private static let interval = Duration.milliseconds(20)
    /// Bytes that are still read once it has ended; what it left behind might write for ever.
    private static let mostLeft = 4 << 20

    package init(_ order: WorkerOrder) { self.order = order }

    /// Has it end, by SIGTERM and then SIGKILL; from any thread, at any time.
    package func stop() { isStopWanted.store(true, ordering: .relaxed) }

    /// The end of its standard error: why it crashed, if it could say so.
    package var errorText: String { transcript.withLock { $0.errorText } }

    /// Lines of its standard output that are of no meaning.
    package var ignoredLines: Int { transcript.withLock { $0.ignoredLines } }

    /// Starts it and waits for its end, once. Cancelling the task does what ``stop()`` does.
    ///
    /// - Parameters:
    ///   - onStart: told its process number, or its launcher's, before it is read.
    ///   - events: called by one thread at a time.
    package func run(
        onStart: @escaping @Sendable (_ pid: Int32) -> Void = { _ in },
        events: @escaping @Sendable (WorkerEvent) -> Void = { _ in }
    ) async -> WorkerEnding {
        // A task of its own, which nobody cancels: Subprocess would close the worker's streams and kill
        // it before its grace is over.
        let task = Task { await runProcess(onStart: onStart, events: events) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            stop()
        }
    }

    private func runProcess(
        onStart: @Sendable (_ pid: Int32) -> Void,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) async -> WorkerEnding {
        guard !isStopWanted.load(ordering: .relaxed) else { return .stopped }
        let command = order.command
        var options = PlatformOptions()
        options.createSession = true
        let clock = SuspendingClock()
        let start = clock.now
        do {
            let result = try await Subprocess.run(
                try await Self.executable(command[0]),
                // Subprocess hands bytes to C as they are, so they need the zero that ends them.
                arguments: Arguments(command.dropFirst().map { $0.pathBytes + [0] }),
                environment: .custom(order.environment.map { $0 + [0] }), platformOptions: options,
                input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                let pid = execution.processIdentifier.value
                onStart(pid)
                return await follow(
                    pid, since: start, output: execution.standardOutput,
                    errors: execution.standardError, events: events)
            }
            return ending(
                result.terminationStatus, told: result.closureResult,
                seconds: (clock.now - start) / .seconds(1))
        } catch {
            return .failed(
                JobFailure(
                    code: ExitStatus.tryAgain.rawValue, stage: "starting",
                    sentence: "Cannot start “\(command[0])”: \(error)"))
        }
    }

    /// Reads what the process says until it has ended, and has it end where that is due.
    ///
    /// - Returns: with why it was told to end, if it was.
    private func follow(
        _ pid: Int32, since start: SuspendingClock.Instant, output: SubprocessOutputSequence,
        errors: SubprocessOutputSequence, events: @escaping @Sendable (WorkerEvent) -> Void
    ) async -> WorkerDeadline {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.read(output, events: events) }
            group.addTask { await self.read(errors: errors) }
            var deadline = WorkerDeadline(
                limit: order.timeLimit, grace: order.grace, timeOutGrace: order.timeOutGrace)
            while !Self.hasEnded(pid) {
                if order.followsEstimate, let estimate = transcript.withLock({ $0.estimate }) {
                    deadline.limit = max(
                        order.timeLimit, WorkerLimits.timeLimit(estimatedSeconds: estimate))
                }
                let signal = deadline.signal(
                    at: SuspendingClock().now - start,
                    isStopWanted: isStopWanted.load(ordering: .relaxed))
                if let signal { Self.send(signal, to: pid) }
                try? await Task.sleep(for: Self.interval)
            }
            hasEnded.store(true, ordering: .relaxed)
            // What it has started goes with it. Its number is still its own: it was not reaped yet.
            _ = kill(-pid, SIGKILL)
            await group.waitForAll()
            return deadline
        }
    }

    private func read(
        _ output: SubprocessOutputSequence, events: @Sendable (WorkerEvent) -> Void
    ) async {
        var lines = LineSplitter()
        func take(_ line: [UInt8]) {
            if let event = transcript.withLock({ $0.add(line: line) }) { events(event) }
        }
        await read(output) { lines.add($0, take: take) }
        lines.finish(take: take)
        transcript.withLock { $0.ignoredLines += lines.dropped }
    }

    private func read(errors: SubprocessOutputSequence) async {
        await read(errors) { bytes in
            transcript.withLock { $0.add(errors: bytes) }
        }
    }

    private func read(_ stream: SubprocessOutputSequence, take: ([UInt8]) -> Void) async {
        var left = Self.mostLeft
        var buffers = stream.makeAsyncIterator()
        // An error is the stream's end: how the process has ended tells the rest.
        while left > 0, let buffer = try? await buffers.next() {
            take(unsafe buffer.withUnsafeBytes { unsafe Array($0) })
            if hasEnded.load(ordering: .relaxed) { left -= buffer.count }
        }
    }

    /// Whether a child has ended, which stays unreaped.
    private static func hasEnded(_ pid: Int32) -> Bool {
        var information = unsafe siginfo_t()
        let code = unsafe waitid(
            P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT)
        return unsafe code != 0 ? errno != EINTR : information.si_signo == SIGCHLD
    }

    /// Sends a signal to all of a worker's session.
    private static func send(_ signal: Int32, to pid: Int32) {
        if kill(-pid, signal) != 0 { _ = kill(pid, signal) }
    }

    private func ending(
        _ status: TerminationStatus, told deadline: WorkerDeadline, seconds: Double
    ) -> WorkerEnding {
        let transcript = transcript.withLock { $0 }
        // What is done is done, though it was told to end meanwhile.
        if status == .exited(0), transcript.result != nil {
            return transcript.ending(
                exitCode: 0, seconds: seconds, isLaunched: !order.launcher.isEmpty)
        }
        switch (deadline.reason, status) {
        case (.stop, _): return .stopped
        case (.time, _): return .timedOut(deadline.limit)
        // Somebody else has told it to end.
        case (nil, .exited(ExitStatus.interrupted.rawValue)): return .crashed(signal: SIGTERM)
        case (nil, .signaled(let signal)): return .crashed(signal: signal)
        case (nil, .exited(let code)):
            return transcript.ending(
                exitCode: code, seconds: seconds, isLaunched: !order.launcher.isEmpty)
        }
    }

    /// A program by its path; by its name in this process's PATH if it has no slash.
    private static func executable(_ path: String) async throws -> Executable {
        guard !path.utf8.contains(UInt8(ascii: "/")) else { return .path(FilePath(path)) }
        // Looked for in an environment of bytes, it would miss what lies in the last folder.
        return .path(try await Executable.name(path).resolveExecutablePath(in: .inherit))
    }
}
