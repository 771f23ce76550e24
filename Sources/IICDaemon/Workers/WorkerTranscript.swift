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
    /// Where a launched worker runs; nil before it was heard of.
    private(set) var host: String?
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
            case .started(let host, _): self.host = host
            case .rows: break
            }
            return event
        case .estimate(let seconds): estimate = estimate ?? seconds
        case .done(let result): self.result = result
        case .failed(let failure): self.failure = failure
        case .alive: break
        case nil: ignoredLines += 1
        }
        return nil
    }

    mutating func add(errors bytes: [UInt8]) {
        errors = Array((errors + bytes).suffix(Self.mostErrors))
    }

    /// The end of standard error.
    var errorText: String { String(decoding: errors, as: UTF8.self) }
}
