/// The one place where the paths that a command writes to are judged.
public enum OutputPaths {
    /// Refuses an output that would replace an input, a model or another output, before any work.
    ///
    /// Links are followed, and hard links are known; files that are not there yet are reported by
    /// their folder and name.
    ///
    /// - Parameters:
    ///   - outputs: every file that will be written, sidecars too.
    ///   - inputs: every file that is read; GDAL's own names are fine.
    public static func check(
        _ outputs: [String], inputs: [String]
    ) throws(OutputPathError) {
        // What GDAL would read beside an input is a part of it, whether it is there yet or not.
        let parts = ["", ".aux.xml", ".msk", ".ovr"]
        let names = Set(inputs.flatMap { input in parts.map { resolved(input + $0) } })
        let files = Set(inputs.compactMap { (try? FileStamp($0))?.file })
        var seen: Set<FileName> = []
        for output in outputs {
            let name = resolved(output)
            guard seen.insert(name).inserted else { throw .namedTwice(path: output) }
            let file = (try? FileStamp(output))?.file
            let replaces = names.contains(name) || file.map(files.contains) ?? false
            if replaces { throw .replacesInput(path: output) }
            if case .model = FileKind(path: output) { throw .replacesModel(path: output) }
        }
    }

    /// The same text for the same file, through links too.
    private static func resolved(_ path: String) -> FileName {
        if let whole = PathCalls.resolved(path) { return FileName(whole) }
        let name = path.pathName
        guard !name.isEmpty, let folder = PathCalls.resolved(AtomicFile.folder(of: path)) else {
            return FileName(path)
        }
        return FileName(folder == "/" ? "/\(name)" : "\(folder)/\(name)")
    }
}

/// Why outputs cannot go where a user wants them.
public enum OutputPathError: UserError, Equatable {
    case namedTwice(path: String)
    case replacesInput(path: String)
    case replacesModel(path: String)

    public var exitStatus: ExitStatus { .usage }

    public var description: String {
        switch self {
        case .namedTwice(let path):
            "“\(path)” is named for two outputs: give each a file of its own."
        case .replacesInput(let path):
            "“\(path)” is an input, or a part of one, and would be replaced: give another output."
        case .replacesModel(let path):
            "“\(path)” is a model and would be replaced: give another output."
        }
    }
}
