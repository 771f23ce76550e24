import IICInfer

/// The flags of every command, as the argument parser describes them.
///
/// Asked from the parser, so that no command has to list its flags twice.
package struct ToolDescription: Sendable {
    /// One flag or option.
    struct Flag: Sendable {
        /// Without dashes, in the parser's order.
        var longNames: [String]
        let shortNames: [String]
        let takesValue: Bool
        let isRepeating: Bool
    }

    /// By command name.
    let commands: [String: [Flag]]

    /// - Parameter json: what `ParsableCommand._dumpHelp()` gives.
    package init(json: String) {
        let document = try? JSONValue(parsing: Array(json.utf8))
        var commands: [String: [Flag]] = [:]
        for command in document?["command"]?["subcommands"]?.array ?? [] {
            guard let name = command["commandName"]?.string else { continue }
            let flags = (command["arguments"]?.array ?? []).compactMap(Self.flag)
            commands[name] = Self.joiningOpposites(flags)
        }
        self.commands = commands
    }

    /// The parser describes `--no-x` apart from `--x`; for us they are two names of one flag.
    private static func joiningOpposites(_ flags: [Flag]) -> [Flag] {
        var joined: [Flag] = []
        for flag in flags {
            let partner = joined.firstIndex { other in
                !other.takesValue && !flag.takesValue
                    && flag.longNames.contains { name in
                        other.longNames.contains { name == "no-\($0)" || $0 == "no-\(name)" }
                    }
            }
            if let partner {
                joined[partner].longNames += flag.longNames
            } else {
                joined.append(flag)
            }
        }
        return joined
    }

    private static func flag(_ argument: JSONValue) -> Flag? {
        guard let kind = argument["kind"]?.string, kind != "positional" else { return nil }
        func names(_ kind: String) -> [String] {
            (argument["names"]?.array ?? []).filter { $0["kind"]?.string == kind }
                .compactMap { $0["name"]?.string }
        }
        return Flag(
            longNames: names("long"), shortNames: names("short"), takesValue: kind == "option",
            isRepeating: argument["isRepeating"]?.bool ?? false)
    }
}
