import ArgumentParser
import Foundation
import IICInfer

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join the parts of a map that iicd segment --shard has made.",
        discussion: """
            All outputs have the bytes that one run of iicd segment over the whole scene gives them. \
            Neither the scene nor the model is read: parts hold all that is needed. What shows \
            overclusters, confidence or probabilities must have been asked of the shards, too; all else \
            is asked for here alone. Parts stay; remove them when the map is there.

            EXAMPLES
              iicd segment scene.tif -m model.safetensors -o map.tif --shard 1/2
              iicd segment scene.tif -m model.safetensors -o map.tif --shard 2/2
              iicd merge map.tif.*.part -o map.tif --preview map.png
            """)

    @Argument(help: ArgumentHelp("All parts of one map, in any order.", valueName: "part"))
    var parts: [String]

    @Option(name: [.customShort("o"), .long], help: "The map's file.")
    var output: String

    @OptionGroup var others: OutputFlags

    @OptionGroup var cleanUp: CleanUpFlags

    @Option(help: "Memory limit, such as 512MiB or 4GB.")
    var memory = ByteCount(bytes: 1 << 30)

    @Option(help: ArgumentHelp("Threads that compress (default: one a processor).", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print one JSON object for each map.") var json = false

    @Option(help: ArgumentHelp("A YAML file with the flags' names.", valueName: "file"))
    var config: String?

    private var requests: [OutputRequest] { [OutputRequest.map(output)] + others.requests }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must lie between 1 and 1024, not \(threads).")
        }
        for request in requests where SegmentOutput.isFolder(request.target) {
            throw ValidationError(
                "“\(request.target)” is a folder: here \(request.flag) names a file.")
        }
    }

    func run() throws {
        let merge = try PartMerge(parts)
        let outputs = requests.map { $0.make($0.target, merge.architecture) }
        Interruption.install()
        let bar = StageBar(label: output.pathName, json: json)
        defer { bar.finish() }
        var cleanUp = cleanUp.cleanUp
        cleanUp.majority = cleanUp.majority ?? merge.cleanUp.majority
        cleanUp.sieve = cleanUp.sieve ?? merge.cleanUp.sieve
        let summary = try merge.run(
            outputs: outputs, cleanUp: cleanUp, memoryLimit: memory.bytes,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
            warn: { StandardError.warn($0) }, progress: { bar.update($0, done: $1, of: $2) },
            isCancelled: { Interruption.requested })
        bar.finish()
        SegmentOutput.show(summary, json: json)
    }
}
