package import IICInfer

/// Why classes cannot be named.
package enum NamingError: UserError, Equatable {
    /// Scenes without any pixel with data.
    case noData
    /// Answers of less than two classes.
    case tooFewClasses
    /// More names than a map can hold.
    case tooManyClasses(Int)

    package var exitStatus: ExitStatus { .badInput }

    package var description: String {
        switch self {
        case .noData:
            "The scenes hold no pixel with data, so there is nothing to name: give others."
        case .tooFewClasses:
            """
            The answers name fewer than two classes, from which no map can be made: answer more, or \
            give points of two classes at least.
            """
        case .tooManyClasses(let count):
            "The answers name \(count) classes, and a map can hold 255: merge some."
        }
    }
}
