/// A `.safetensors` file that cannot be read.
public struct SafeTensorsError: UserError, Equatable {
    /// What is wrong, as the end of a sentence.
    public let reason: String
    /// The file; nil for bytes in memory.
    public var path: String?
    public let exitStatus: ExitStatus

    public init(_ reason: String, path: String? = nil, exitStatus: ExitStatus = .badInput) {
        self.reason = reason
        self.path = path
        self.exitStatus = exitStatus
    }

    init(_ error: FileError) {
        self.init(error.why, path: error.path, exitStatus: error.exitStatus)
    }

    public var description: String {
        if let path { "Cannot read “\(path)”: \(reason)." } else { "Cannot read it: \(reason)." }
    }
}
