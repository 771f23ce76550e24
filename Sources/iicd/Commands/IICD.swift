import ArgumentParser
import Logging
import ServiceLifecycle
import Yams

@main struct IICD: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iicd", subcommands: [Sample.self, Evaluate.self])
    mutating func run() async throws {}
}
