import ArgumentParser
import Foundation
import IICDaemon
import IICInfer

struct Jobs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a daemon has made of the scenes that arrived.",
        discussion: """
            Reads the ledger that iicd watch keeps in DIR/.iicd, or in its --state folder, whether a \
            daemon runs or not. The scenes that changed last come first. With --json each is an \
            object on a line of its own.

            EXAMPLES
              iicd jobs /data/maps
              iicd jobs /data/maps --only failed
              iicd jobs /var/lib/iicd --limit 0 --json
            """)

    @Argument(help: "The folder of the maps, or the daemon's --state folder.")
    var folder: String

    // Not --state: that is a folder in iicd watch, and flags share their environment variables.
    @Option(
        help: ArgumentHelp(
            "Show scenes in this state only: \(states).", valueName: "state"))
    var only: JobState?

    @Option(help: "Show so many scenes at most; 0 for all.") var limit = 50

    @Flag(help: "Print one JSON object a line.") var json = false

    private static let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        guard limit >= 0 else {
            throw ValidationError("--limit must be 0 or more, not \(limit).")
        }
    }

    func run() throws {
        let ledger = try Ledger(reading: folder)
        let most = limit == 0 ? Int.max : limit
        if json {
            try ledger.forEachJob(in: only, limit: most) { print($0.json.text) }
            return
        }
        let counts = try ledger.counts()
        let known = JobState.allCases.compactMap { state in
            counts[state].map { "\($0) \(state.rawValue)" }
        }
        print(known.isEmpty ? "No scenes yet." : known.joined(separator: ", "))
        var table = JobTable()
        var shown = 0
        try ledger.forEachJob(in: only, limit: most) { job in
            table.add(job)
            shown += 1
        }
        guard shown > 0 else { return }
        print("\n" + table.text)
        let all = only.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
        if all > shown { print("\n\(all - shown) more: --limit 0 shows all.") }
    }
}

extension JobState: ExpressibleByArgument {}
