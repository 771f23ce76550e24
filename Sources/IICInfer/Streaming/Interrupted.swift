/// The user asked to stop, and nothing is left half done.
public struct Interrupted: UserError, Equatable {
    public init() {}

    public var exitStatus: ExitStatus { .interrupted }
    public var description: String { "Interrupted." }
}
