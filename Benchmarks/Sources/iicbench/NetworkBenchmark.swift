import ArgumentParser
import Foundation
import IICInfer
import IICKernels

struct NetworkBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Time the network alone, on tiles of 200 × 200 that are in memory already.",
        discussion: """
            Prints the seconds of each run over all tiles. Reading the model, preparing the engine \
            and a first run that warms it up are not in them.
            """)

    static let side = 200

    @Option(name: .shortAndLong, help: "The model file.") var model: String
    @Option(help: "paper or seamless.") var geometry = Geometry.paper
    @Option(help: "The engine: \(EngineChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
    var engine = EngineChoice.winograd
    @Option(help: "Tiles a run.") var tiles = 8
    @Option(help: "Tiles that the engine is given at once.") var batch = 1
    @Option(help: "Threads, each with tiles of its own (default: one a processor).")
    var threads: Int?
    @Option(name: .customLong("repeat"), help: "Runs.") var runs = 3
    @Option(
        help: ArgumentHelp(
            "Read tiles from this file, (N, H, W, C) as 32-bit floats, instead of making noise.",
            valueName: "file"))
    var input: String?
    @Option(
        help: ArgumentHelp(
            "Write the probabilities, (N, H, W, K) as 32-bit floats, to this file.",
            valueName: "file"))
    var dump: String?

    func validate() throws {
        guard tiles > 0, runs > 0, batch > 0, threads ?? 1 > 0 else {
            throw ValidationError("--tiles, --batch, --threads and --repeat must be at least 1.")
        }
    }

    struct Result: Encodable {
        var batch: Int
        var engine: String
        var geometry: String
        var instructionSet: String
        var seconds: [Double]
        var threads: Int
        var tiles: Int
        var tilesPerSecond: Double
        var width: Double
    }

    func run() throws {
        let bundle = try ModelBundle(reading: model)
        let engine = self.engine.engine(bundle, geometry: geometry)
        let pool = ComputePool(threads: threads)
        let size = Self.side * Self.side * bundle.architecture.channels
        let images = Buffer<Float>(try inputValues(count: tiles * size))
        let result = Self.side * Self.side * bundle.architecture.classes
        let output = Buffer<Float>(repeating: 0, count: tiles * result)
        func run(_ tiles: Int) {
            pool.forEach((tiles + batch - 1) / batch) { _, index in
                let batch = index * batch..<min((index + 1) * batch, tiles)
                var part = output.mutableSpan(
                    batch.lowerBound * result..<batch.upperBound * result)
                engine.probabilities(
                    of: images.span(batch.lowerBound * size..<batch.upperBound * size),
                    height: Self.side,
                    width: Self.side, head: .B, into: &part)
            }
        }
        run(min(tiles, pool.threads * batch))
        let times = (0..<runs).map { _ in seconds { run(tiles) } }
        if let dump {
            let bytes = output.array.withUnsafeBytes { Data($0) }
            try bytes.write(to: URL(filePath: dump))
        }
        try printJSON(
            Result(
                batch: batch, engine: engine.name, geometry: geometry.rawValue,
                instructionSet: InstructionSet.name, seconds: times, threads: pool.threads,
                tiles: tiles, tilesPerSecond: Double(tiles) / median(times),
                width: bundle.architecture.width))
    }

    private func inputValues(count: Int) throws -> [Float] {
        guard let input else {
            var noise = Noise(seed: 2)
            return (0..<count).map { _ in noise.uniform(0...1) }
        }
        let data = try Data(contentsOf: URL(filePath: input))
        guard data.count >= 4 * count else {
            throw ValidationError("“\(input)” holds fewer than \(tiles) tiles.")
        }
        return data.withUnsafeBytes { bytes in
            (0..<count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}
