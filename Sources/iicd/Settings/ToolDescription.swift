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

    /// The long names of all commands' flags.
    var flagNames: Set<String> { Set(commands.values.flatMap { $0.flatMap(\.longNames) }) }

    /// - Parameter json: what `ParsableCommand._dumpHelp()` gives. That call is not of the parser's
    ///   public interface: whatever is not as expected is an error, since settings from files and the
    ///   environment would otherwise be lost without a word.
    package init(json: String) throws(SettingsError) {
        let document: JSONValue
        do { document = try JSONValue(parsing: Array(json.utf8)) } catch {
            throw Self.unknown("no JSON: \(error)")
        }
        guard document["serializationVersion"]?.integer == 0 else {
            throw Self.unknown("another “serializationVersion” than 0")
        }
        var commands: [String: [Flag]] = [:]
        for command in try Self.list("subcommands", of: document["command"]) {
            guard let name = command["commandName"]?.string else {
                throw Self.unknown("a command without “commandName”")
            }
            var flags: [Flag] = []
            // “help” has positional arguments only, every other command --help at least.
            for argument in try Self.list("arguments", of: command) {
                if let flag = try Self.flag(argument) { flags.append(flag) }
            }
            commands[name] = Self.joiningOpposites(flags)
        }
        self.commands = commands
    }

    private static func unknown(_ what: String) -> SettingsError {
        SettingsError(
            "The flags of this program, as its argument parser describes them, cannot be read (\(what)): "
                + "build iicd with the packages that Package.resolved names.", .failed)
    }

    private static func list(
        _ key: String, of value: JSONValue?
    ) throws(SettingsError) -> [JSONValue] {
        guard let items = value?[key]?.array, !items.isEmpty else {
            throw unknown("no “\(key)”")
        }
        return items
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

    /// Nil for what is no flag.
    private static func flag(_ argument: JSONValue) throws(SettingsError) -> Flag? {
        guard let kind = argument["kind"]?.string, let repeats = argument["isRepeating"]?.bool,
            ["positional", "option", "flag"].contains(kind)
        else { throw unknown("an argument without “kind” or “isRepeating”") }
        guard kind != "positional" else { return nil }
        var names: [String: [String]] = [:]
        for name in try list("names", of: argument) {
            guard let kind = name["kind"]?.string, let text = name["name"]?.string,
                ["long", "short", "longWithSingleDash"].contains(kind)
            else { throw unknown("a flag whose name has no “kind”") }
            names[kind, default: []].append(text)
        }
        return Flag(
            longNames: names["long"] ?? [], shortNames: names["short"] ?? [],
            takesValue: kind == "option", isRepeating: repeats)
    }
}
