import Foundation
import IICInfer

/// What the program was started with, to the byte: Swift and Foundation repair what is not UTF-8, and
/// the repaired text names another file.
enum ProgramInput {
    /// The arguments without the program's name.
    static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            unsafe CommandLine.unsafeArgv[index].map { unsafe String(cPath: $0) }
        }
    }

    /// The values of those of `variables` that are set.
    static func environment(_ variables: [String]) -> [String: String] {
        variables.reduce(into: [:]) { values, name in
            values[name] = unsafe getenv(name).map { unsafe String(cPath: $0) }
        }
    }
}
