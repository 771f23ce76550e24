import IICInfer

/// What a worker has said so far.
struct WorkerTranscript {
    /// Bytes of standard error that are kept, from its end.
    static let mostErrors = 4096
    /// Warnings that are kept.
    private static let mostWarnings = 100

    private(set) var result: JobResult?
    private(set) var failure: JobFailure?
    private(set) var warnings: [String] = []
    /// How long it has said that it will take, in seconds; the first time counts.
    private(set) var estimate: Double?
    /// What was going on last, in a word.
    private(set) var stage = "starting"
    /// Lines that say nothing.
    var ignoredLines = 0
    private var errors: [UInt8] = []

    /// Takes a line of standard output.
    ///
    /// - Returns: what others are to know of at once.
    mutating func add(line: [UInt8]) -> WorkerEvent? {
        switch WorkerMessage(line: line) {
        case .event(let event):
            switch event {
            case .progress(let progress): stage = progress.stage
            case .warning(let text):
                guard warnings.count < Self.mostWarnings else { return nil }
                warnings.append(text)
            case .rows: break
            }
            return event
        case .estimate(let seconds): estimate = estimate ?? seconds
        case .done(let result): self.result = result
        case .failed(let failure): self.failure = failure
        case nil: ignoredLines += 1
        }
        return nil
    }

    mutating func add(errors bytes: [UInt8]) {
        errors = Array((errors + bytes).suffix(Self.mostErrors))
    }

    /// The end of standard error.
    var errorText: String { String(decoding: errors, as: UTF8.self) }

    /// How a process has ended that was not told to.
    ///
    /// - Parameters:
    ///   - seconds: from its start.
    ///   - isLaunched: whether a launcher stood between, which tells of its child's death by a signal
    ///     with an exit code beyond 128.
    func ending(exitCode code: Int32, seconds: Double, isLaunched: Bool) -> WorkerEnding {
        if code == 0, var result {
            result.seconds = seconds
            result.warnings = warnings
            return .done(result)
        }
        if isLaunched, (129...192).contains(code), code != ExitStatus.interrupted.rawValue {
            return .crashed(signal: code - 128)
        }
        if let failure, code != 0 {
            return .failed(
                JobFailure(code: code, stage: failure.stage, sentence: failure.sentence))
        }
        let lines = errorText.split(whereSeparator: \.isNewline)
        // Help may follow it.
        let own = lines.last { $0.hasPrefix("iicd: ") }?.dropFirst(6)
        let failure = JobFailure(
            code: code == 0 ? ExitStatus.failed.rawValue : code, stage: stage,
            sentence: (own ?? lines.last).map { String($0) }
                ?? "The worker ended with exit code \(code) and did not say what it has made.")
        // With 126 and 127 a program could not be started, which may pass, as may a launcher's trouble.
        let isBroken = own == nil && !isLaunched && !(126...127).contains(code)
        return isBroken ? .broken(failure) : .failed(failure)
    }
}
