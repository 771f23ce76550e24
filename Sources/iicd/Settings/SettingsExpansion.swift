import IICInfer

/// Adds to a command line the flags that it does not give but the environment or the settings file
/// does: flags win over the environment, the environment over the file, the file over defaults.
package struct SettingsExpansion: Sendable {
    let tool: ToolDescription
    let environment: [String: String]

    package init(tool: ToolDescription, environment: [String: String]) {
        self.tool = tool
        self.environment = environment
    }

    /// The variable that stands for a flag: `IICD_BATCH_SIZE` for `--batch-size`.
    package static func variable(for flag: String) -> String {
        "IICD_" + flag.uppercased().replacing("-", with: "_")
    }

    /// - Parameter arguments: without the program's name.
    package func expand(_ arguments: [String]) throws -> [String] {
        guard let command = arguments.first, let flags = tool.commands[command] else {
            return arguments
        }
        let rest = Self.joiningNegativeNumbers(Array(arguments.dropFirst()), flags: flags)
        let given = Array(rest.prefix { $0 != "--" })
        // Whoever asks for help wants it even where the settings are wrong.
        guard !given.contains("--help"), !given.contains("-h") else { return arguments }
        var settings: [String: [String]] = [:]
        var sources: [String: String] = [:]
        if let path = try path(in: given, flags: flags) {
            let file = try SettingsFile(reading: path)
            for (name, values) in file.values {
                guard Self.isSetting(name), flags.contains(where: { $0.longNames.contains(name) })
                else {
                    throw SettingsError(
                        "The settings file “\(path)” has the unknown setting “\(name)”; "
                            + "see iicd \(command) --help.", .usage)
                }
                // A file may spell out control characters, which arguments carry.
                settings[name] = values.map { String(pathBytes: $0.utf8) }
                sources[name] = "The settings file “\(path)”"
            }
        }
        for name in flags.flatMap(\.longNames) where Self.isSetting(name) {
            let variable = Self.variable(for: name)
            guard let value = environment[variable], !value.isEmpty else { continue }
            // One flag may have several names, and the file may use another.
            for flag in flags where flag.longNames.contains(name) {
                for other in flag.longNames { settings[other] = nil }
            }
            if !Self.isFalse([value]) { settings[Self.opposite(of: name)] = nil }
            settings[name] = [value]
            sources[name] = "The environment variable \(variable)"
        }
        var added: [String] = []
        // An option such as --refine may have a flag --no-refine beside it.
        let denied = flags.filter { Self.isGiven($0, in: given) }.flatMap(\.longNames)
            .map(Self.opposite)
        for flag in flags where !Self.isGiven(flag, in: given) {
            for name in flag.longNames where !denied.contains(name) {
                guard let values = settings[name] else { continue }
                added += try Self.tokens(flag, name, values, source: sources[name] ?? "")
            }
        }
        return [command] + added + rest
    }

    private static func opposite(of name: String) -> String {
        name.hasPrefix("no-") ? String(name.dropFirst(3)) : "no-\(name)"
    }

    private static func isFalse(_ values: [String]) -> Bool {
        [["false"], ["0"]].contains(values.map { $0.lowercased() })
    }

    /// Flags that are no settings.
    private static func isSetting(_ name: String) -> Bool {
        !["help", "version", "config"].contains(name)
    }

    /// The settings file that the command line, or else the environment, names.
    private func path(in given: [String], flags: [ToolDescription.Flag]) throws -> String? {
        guard flags.contains(where: { $0.longNames.contains("config") }) else { return nil }
        for (index, argument) in given.enumerated() {
            if argument.hasPrefix("--config=") { return String(argument.dropFirst(9)) }
            // Without a value the parser itself will complain.
            if argument == "--config" {
                return index + 1 < given.count ? given[index + 1] : nil
            }
        }
        let path = environment[Self.variable(for: "config")] ?? ""
        return path.isEmpty ? nil : path
    }

    private static func isGiven(_ flag: ToolDescription.Flag, in given: [String]) -> Bool {
        given.contains { argument in
            flag.longNames.contains { argument == "--\($0)" || argument.hasPrefix("--\($0)=") }
                || !argument.hasPrefix("--")
                    && flag.shortNames.contains { argument.hasPrefix("-\($0)") }
        }
    }

    private static func tokens(
        _ flag: ToolDescription.Flag, _ name: String, _ values: [String], source: String
    ) throws -> [String] {
        if flag.takesValue {
            // One token, so that a value may begin with a dash.
            return flag.isRepeating
                ? values.map { "--\(name)=\($0)" } : ["--\(name)=\(values.joined(separator: ","))"]
        }
        switch values.map({ $0.lowercased() }) {
        case ["true"], ["1"]: return ["--\(name)"]
        case ["false"], ["0"]:
            let opposite = Self.opposite(of: name)
            return flag.longNames.contains(opposite) ? ["--\(opposite)"] : []
        default:
            throw SettingsError(
                "\(source) gives “\(name)” the value “\(values.joined(separator: ","))”; "
                    + "it can be true or false.", .usage)
        }
    }
}
