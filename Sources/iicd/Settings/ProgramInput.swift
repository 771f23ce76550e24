import ArgumentParser
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

    /// The arguments with those that a settings file and the environment add, as they are now.
    static func expanded() throws -> [String] {
        let tool = try ToolDescription.ofThisProgram()
        let variables = tool.flagNames.map { SettingsExpansion.variable(for: $0) }
        return try SettingsExpansion(tool: tool, environment: environment(variables))
            .expand(arguments)
    }
}

extension ToolDescription {
    static func ofThisProgram() throws -> ToolDescription {
        try ToolDescription(json: IICD._dumpHelp())
    }
}
