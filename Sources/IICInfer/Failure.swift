/// How a command ended, as its exit code (the values of `sysexits.h`).
public enum ExitStatus: Int32, Sendable {
    case failed = 1
    case usage = 64
    case badInput = 65
    case noInput = 66
    case cannotWrite = 73
    case tryAgain = 75
    case interrupted = 130
}

/// An error that a user reads: its description is one sentence that says what failed, which file
/// or value, and what to do.
public protocol UserError: Error, CustomStringConvertible {
    /// The exit code that the program ends with.
    var exitStatus: ExitStatus { get }
}

/// A call that cannot mean anything, found after the flags were read.
package struct UsageError: UserError, Equatable {
    package let description: String

    package init(description: String) { self.description = description }

    package var exitStatus: ExitStatus { .usage }
}
