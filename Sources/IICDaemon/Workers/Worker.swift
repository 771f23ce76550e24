import Glibc
import IICInfer
import Subprocess
import Synchronization
import SystemPackage

/// One worker process, from its start to its end.
///
/// It has a session of its own, so that what a terminal sends reaches the daemon alone, and inherits
/// nothing but its three standard streams. Its standard input stays open for as long as this process
/// lives: its end tells the worker that the daemon has gone. A launched worker is told there what to
/// do, too (``LaunchOrder``). SIGPIPE must be ignored in this process.
package final class Worker: Sendable {
    let order: WorkerOrder
    private let isStopWanted = Atomic(false)
    private let hasEnded = Atomic(false)
    private let isTold = Atomic(false)
    let transcript = Mutex(WorkerTranscript())
    /// When a launched worker was first heard of, and last.
    let heard = Mutex<(first: SuspendingClock.Instant, last: SuspendingClock.Instant)?>(nil)
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
                    pid, since: start, input: execution.standardInputWriter,
                    output: execution.standardOutput, errors: execution.standardError,
                    events: events)
            }
            // Of a launched one, the time in a queue is not its own.
            let began = heard.withLock { $0?.first } ?? start
            return ending(
                result.terminationStatus, told: result.closureResult,
                seconds: (clock.now - began) / .seconds(1))
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
        _ pid: Int32, since start: SuspendingClock.Instant, input: StandardInputWriter,
        output: SubprocessOutputSequence, errors: SubprocessOutputSequence,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) async -> WorkerDeadline {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.read(output, events: events) }
            group.addTask { await self.read(errors: errors) }
            if order.isLaunched { group.addTask { await self.talk(to: input) } }
            var deadline = WorkerDeadline(
                limit: order.timeLimit, launchLimit: order.isLaunched ? order.launchLimit : nil,
                grace: order.grace, timeOutGrace: order.timeOutGrace)
            deadline.silenceLimit = order.silenceLimit
            while !Self.hasEnded(pid) {
                if order.followsEstimate, let estimate = transcript.withLock({ $0.estimate }) {
                    deadline.limit = max(
                        order.timeLimit, WorkerLimits.timeLimit(estimatedSeconds: estimate))
                }
                let signal = deadline.signal(
                    at: SuspendingClock().now - start,
                    began: heard.withLock { $0 }.map { ($0.first - start, $0.last - start) },
                    isStopWanted: isStopWanted.load(ordering: .relaxed))
                if deadline.reason != nil { isTold.store(true, ordering: .relaxed) }
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

    /// Tells a launched worker what to do, that this process lives, and perhaps that it is to end.
    private func talk(to input: StandardInputWriter) async {
        let order = LaunchOrder(
            version: Software.version, folder: PathCalls.resolved(".") ?? ".",
            arguments: order.arguments)
        // What cannot be written has no reader any more: how the launcher ends tells the rest.
        _ = try? await input.write(Array("\(order.line)\n".utf8))
        var next = SuspendingClock().now
        var isStopSaid = false
        while !hasEnded.load(ordering: .relaxed) {
            if heard.withLock({ $0 }) != nil {
                if !isStopSaid, isTold.load(ordering: .relaxed) {
                    isStopSaid = true
                    _ = try? await input.write(Array("\(LaunchOrder.stop)\n".utf8))
                }
                if SuspendingClock().now >= next {
                    next = SuspendingClock().now + LaunchOrder.interval
                    _ = try? await input.write(Array("\n".utf8))
                }
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func read(
        _ output: SubprocessOutputSequence, events: @Sendable (WorkerEvent) -> Void
    ) async {
        var lines = LineSplitter()
        func take(_ line: [UInt8]) {
            let event = transcript.withLock { $0.add(line: line) }
            if order.isLaunched, transcript.withLock({ $0.host }) != nil {
                let now = SuspendingClock().now
                heard.withLock { $0 = ($0?.first ?? now, now) }
            }
            if let event { events(event) }
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
}
