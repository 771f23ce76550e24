import IICInfer

/// What can be told of launched workers before the first of them starts.
enum LauncherCheck {
    /// As scripts/package calls the builds for classes of processors, the oldest of which comes first.
    private static let builds = "iicd-x86-64-v"
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-@:,=".utf8)

    /// - Parameter program: the path of this program, by which workers are started.
    /// - Throws: ``UsageError`` for one that is another after a shell.
    static func check(program: String) throws(UsageError) {
        // Launchers join their words for a shell (ssh) or expand them (systemd-run).
        guard program.utf8.allSatisfy({ plain.contains($0) }) else {
            throw UsageError(
                description: "With --launcher, workers are started as “\(program.shown)”, and a "
                    + "shell on the way may read that otherwise: have iicd where its path has the "
                    + "letters a to z and A to Z, digits and / . _ + - @ : , = alone.")
        }
    }

    /// What users should know, as sentences.
    ///
    /// - Parameters:
    ///   - state: the state folder, which must be there.
    ///   - isShared: whether other machines may see a folder.
    static func notes(
        program: String, state: String,
        isShared: (_ folder: String) -> Bool = { PathCalls.isOnNetwork($0) }
    ) -> [String] {
        var notes: [String] = []
        if !isShared(state) {
            notes.append(
                "The state folder “\(state)” lies on a disk of this machine, and workers on other "
                    + "machines need it: name a shared folder with --state, unless the launcher starts "
                    + "all of them here.")
        }
        if let older = olderBuild(than: program) {
            notes.append(
                "Workers are started as “\(program)”, which older processors refuse: where some "
                    + "machines have such, run “\(older) watch …” here.")
        }
        return notes
    }

    /// The build for the oldest processors beside `program`; nil if that is the one, or no such build.
    private static func olderBuild(than program: String) -> String? {
        guard let slash = program.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let (folder, own) = (String(program[..<slash]), program.pathName)
        guard own.hasPrefix(builds), let names = try? FolderListing.names(in: folder) else {
            return nil
        }
        return names.map(\.text).filter { $0.hasPrefix(builds) && $0 < own }.min()
            .map { "\(folder)/\($0)" }
    }
}
