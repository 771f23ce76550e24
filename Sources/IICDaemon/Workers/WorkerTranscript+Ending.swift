import Foundation
import IICInfer

/// How a process has ended that was not told to.
extension WorkerTranscript {
    /// Signals by which a program that is at fault ends. Others (SIGKILL, SIGTERM) come from outside.
    private static let faults = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS]
    /// Lines of a launcher that are shown, from the last one on, and their characters.
    private static let (shownLines, shownCharacters) = (3, 500)

    /// - Parameter seconds: from its start.
    func ending(exitCode code: Int32, seconds: Double) -> WorkerEnding {
        if code == 0, let done = done(seconds) { return done }
        if let failure, code != 0 {
            return .failed(
                JobFailure(code: code, stage: failure.stage, sentence: failure.sentence))
        }
        let failure = JobFailure(
            code: code == 0 ? ExitStatus.failed.rawValue : code, stage: stage,
            sentence: (own ?? lines.last).map { String($0) }
                ?? "The worker ended with exit code \(code) and did not say what it has made.")
        // With 126 and 127 a program could not be started, which may pass.
        let isBroken = own == nil && !(126...127).contains(code)
        return isBroken ? .broken(failure) : .failed(failure)
    }

    /// How a launcher has ended: what its worker has said counts, whatever the launcher's exit code.
    ///
    /// A worker that was heard of and died of its own fault has crashed. All else is the launcher's, its
    /// machines' or the network's trouble, which may pass: nothing is known against the scene.
    ///
    /// - Parameters:
    ///   - end: an exit code, beyond 128 for the worker's death by a signal; or the launcher's own death
    ///     by a signal.
    ///   - launcher: its name.
    func ending(
        launcher: String, _ end: LauncherEnd, seconds: Double
    ) -> WorkerEnding {
        if let done = done(seconds) { return done }
        if let failure { return .failed(failure) }
        let words: String
        let signal: Int32
        switch end {
        case .exited(let code):
            (signal, words) = (code - 128, "ended with exit code \(code)")
        case .signaled(let number):
            (signal, words) = (number, "died by signal \(number)")
        }
        if host != nil, Self.faults.contains(signal) { return .crashed(signal: signal) }
        if let own { return lost(String(own)) }
        let place =
            host.map { "before its worker on \($0) had said what it has made" }
            ?? "before any worker was heard of"
        return lost("The launcher “\(launcher)” \(words) \(place)\(launcherWords)")
    }

    enum LauncherEnd { case exited(Int32), signaled(Int32) }

    /// A failure that may pass.
    func lost(_ sentence: String) -> WorkerEnding {
        .failed(
            JobFailure(
                code: ExitStatus.tryAgain.rawValue, stage: host == nil ? "launching" : stage,
                sentence: sentence))
    }

    /// The end of a sentence: what was said last on standard error.
    var launcherWords: String {
        let last = lines.suffix(Self.shownLines).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: "; ")
        return last.isEmpty ? "." : ": \(last.suffix(Self.shownCharacters))"
    }

    private func done(_ seconds: Double) -> WorkerEnding? {
        guard var result else { return nil }
        result.seconds = seconds
        result.warnings = warnings
        return .done(result)
    }

    private var lines: [Substring] { errorText.split(whereSeparator: \.isNewline) }

    /// What iicd itself has said; help may follow it.
    private var own: Substring? { lines.last { $0.hasPrefix("iicd: ") }?.dropFirst(6) }
}
