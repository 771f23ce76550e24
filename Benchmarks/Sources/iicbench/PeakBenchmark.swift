import ArgumentParser
import Foundation

struct PeakBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peak",
        abstract: "Measure the processor's peak in GFLOP/s, of one core and of all threads.")

    @Option(help: "Threads (default: one a processor).") var threads: Int?
    @Option(help: "Seconds for each of four measurements.") var seconds = 0.5

    func validate() throws {
        guard threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1.") }
    }

    func run() throws {
        let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        try printJSON(Peak(threads: threads, seconds: seconds))
    }
}
