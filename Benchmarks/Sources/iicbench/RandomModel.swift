public import ArgumentParser
public import IICInfer

extension Geometry: @retroactive ExpressibleByArgument {}

struct RandomModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Make a model with random weights: as fast as a trained one, and at once.")

    @Option(help: "Scale of the trunk's layers; 1 is the paper's.") var width = 1.0
    @Option(help: "Classes of the overclustering head.") var overclusters = 24
    @Option(help: "Classes of a map.") var classes = 6
    @Option(help: "Another seed makes other weights.") var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "The model's file.") var output: String

    func validate() throws {
        guard width > 0, width <= 4 else {
            throw ValidationError("--width must lie above 0 and not above 4, not \(width).")
        }
    }

    func run() throws {
        let architecture = Architecture(width: width, overclusters: overclusters, classes: classes)
        let model = ModelBundle(
            geometry: .seamless,
            bands: [.red, .green, .blue, .infrared], scaling: .uint8(channels: 4),
            legend: .unnamed(classes: classes), preset: "random", softwareVersion: "benchmark",
            weights: Self.weights(architecture, seed: seed))
        try model.write(to: output)
    }

    static func weights(_ architecture: Architecture, seed: UInt64) -> ParameterBlock {
        var noise = Noise(seed: seed)
        let layout = ParameterLayout(architecture)
        var tensors: [String: [Float]] = [:]
        for entry in layout.entries {
            // Kaiming-normal weights and statistics near those of such a network: activations
            // neither die nor grow, and no batch norm is the identity, whose folding a faulty
            // engine could forget unseen.
            let deviation = (2 / Float(entry.shape.dropFirst().reduce(1, *))).squareRoot()
            tensors[entry.name] = (0..<entry.range.count).map { _ in
                switch entry.tensor {
                case .runningMean: noise.uniform(-0.3...0.3)
                case .runningVariance: noise.uniform(0.5...1.5)
                case .shift: noise.uniform(-0.1...0.1)
                case .scale: noise.uniform(0.8...1.2)
                case .convolution, .head: noise.normal() * deviation
                }
            }
        }
        return ParameterBlock(tensors: tensors, layout: layout)
    }
}
