public import IICInfer

/// Why a training cannot begin or go on.
public struct TrainingError: UserError, Equatable {
    public let description: String
    public let exitStatus: ExitStatus

    public init(_ description: String, exitStatus: ExitStatus) {
        self.description = description
        self.exitStatus = exitStatus
    }

    static func badData(_ description: String) -> TrainingError {
        TrainingError(description, exitStatus: .badInput)
    }
}
