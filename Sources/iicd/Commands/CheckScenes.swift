import ArgumentParser
import IICDaemon
import Glibc
import IICInfer

/// Looks at scenes for the daemon, in a process that may die of them.
struct CheckScenes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-scenes",
        abstract: "Check the structure of scenes that standard input names (for iicd watch).",
        shouldDisplay: false)

    func run() throws {
        // It ends when the daemon does, and with nothing else.
        for number in [SIGINT, SIGHUP] { _ = signal(number, SIG_IGN) }
        StructureAnswer.serve()
    }
}
