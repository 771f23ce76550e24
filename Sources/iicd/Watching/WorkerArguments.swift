import IICInfer

/// The flags of `iicd watch` that mean the same to its workers, which are `iicd segment`: they are
/// handed on as they were given, so that a new flag of both needs no line here.
struct WorkerArguments: Sendable, Equatable {
    /// One token each, `--name=value` or `--name`.
    let tokens: [String]

    /// Flags that a worker is given another value of, or that are not about scenes.
    private static let others: Set<String> = [
        "model", "output", "memory", "threads", "config", "json", "help", "version",
    ]

    /// - Parameters:
    ///   - arguments: of `watch`, with the settings of files and the environment added, without the
    ///     program's name and the command's.
    ///   - outputs: the names of flags that name folders of outputs.
    init(_ arguments: [String], tool: ToolDescription, outputs: [String]) {
        let own = tool.commands["watch"] ?? []
        let shared = Set((tool.commands["segment"] ?? []).flatMap(\.longNames))
            .subtracting(Self.others).subtracting(outputs)
        var tokens: [String] = []
        var rest = arguments[...]
        while let token = rest.popFirst(), token != "--" {
            guard token.hasPrefix("--") else {
                // -m FILE and -o DIR, or a folder.
                let flag = own.first { flag in
                    flag.shortNames.contains { token == "-\($0)" } && flag.takesValue
                }
                if flag != nil { rest = rest.dropFirst() }
                continue
            }
            let name = String(token.dropFirst(2).prefix { $0 != "=" })
            let takesValue = own.first { $0.longNames.contains(name) }?.takesValue ?? false
            var given = token
            if takesValue, !token.contains("="), let value = rest.popFirst() {
                given = "\(token)=\(value)"
            }
            if shared.contains(name) { tokens.append(given) }
        }
        self.tokens = tokens
    }
}
