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
            architecture: architecture, geometry: .seamless,
            bands: [.red, .green, .blue, .infrared], scaling: .uint8(channels: 4),
            legend: .unnamed(classes: classes), preset: "random", softwareVersion: "benchmark",
            weights: Self.weights(architecture, seed: seed).tensors)
        try model.write(to: output)
    }

    static func weights(_ architecture: Architecture, seed: UInt64) -> NetworkWeights {
        var noise = Noise(seed: seed)
        var weights: [String: [Float]] = [:]
        for (name, shape) in architecture.tensors {
            let count = shape.reduce(1, *)
            // Kaiming-normal weights and statistics near those of such a network: activations
            // neither die nor grow, and no batch norm is the identity, whose folding a faulty
            // engine could forget unseen.
            let deviation = (2 / Float(shape.dropFirst().reduce(1, *))).squareRoot()
            let part = name.split(separator: ".").last
            weights[name] = (0..<count).map { _ in
                switch part {
                case "running_mean": noise.uniform(-0.3...0.3)
                case "running_var": noise.uniform(0.5...1.5)
                case "bias": noise.uniform(-0.1...0.1)
                case "weight" where shape.count == 1: noise.uniform(0.8...1.2)
                default: noise.normal() * deviation
                }
            }
        }
        return NetworkWeights(tensors: weights, architecture: architecture)
    }
}
