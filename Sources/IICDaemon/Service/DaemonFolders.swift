/// The folders that a daemon writes to.
struct DaemonFolders: Sendable {
    /// That of the ledger and of unfinished maps, which is made again where it has gone.
    let state: String
    /// Those of maps and of what goes with them. Where one has gone, its disk may have, so it is waited
    /// for.
    let others: [String]

    /// Where workers keep finished rows of large scenes.
    var partial: String { "\(state)/partial" }
}
