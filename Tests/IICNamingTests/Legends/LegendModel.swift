import IICInfer
import TestSupport

@testable import IICNaming

/// A small model of random numbers for scenes of bytes, with a refinement.
func randomModel(classes: Int = 5, seed: UInt64 = 1) -> ModelBundle {
    var random = SplitMix64(seed: seed)
    let architecture = Architecture(width: 1.0 / 32, overclusters: 6, classes: classes)
    var weights = ParameterBlock(atRest: architecture)
    for layer in architecture.layers.indices {
        weights[.convolution(layer)] = weights[.convolution(layer)].map { _ in
            random.uniform(-0.5...0.5)
        }
    }
    for head in Head.allCases {
        weights[.head(head, 0)] = weights[.head(head, 0)].map { _ in random.uniform(-2...2) }
    }
    let dimensions = Mixture.dimensions(channels: 4)
    func numbers(_ count: Int, _ range: ClosedRange<Float>) -> [Double] {
        (0..<count).map { _ in Double(random.uniform(range)) }
    }
    let means = numbers(classes * dimensions, 0.2...0.8)
    let precisions = (0..<classes).flatMap { _ -> [Double] in
        let diagonal = numbers(dimensions, 5...40)
        return (0..<dimensions * dimensions).map {
            $0 % (dimensions + 1) == 0 ? diagonal[$0 / (dimensions + 1)] : 0
        }
    }
    return ModelBundle(
        geometry: .seamless, bands: rgbInfrared,
        scaling: Scaling(
            bands: (0..<4).map { _ in .init(low: 0, high: 255) }, source: .uint8),
        legend: .unnamed(classes: classes), preset: "quick", softwareVersion: "0.1",
        weights: weights,
        refinement: Mixture(
            means: means, precisions: precisions, logShares: numbers(classes, -3 ... -1),
            logConfusion: numbers(classes * classes, -4 ... -0.1), weight: 0.7))
}

extension ModelBundle {
    /// A job with no more than these settings.
    func job(_ refine: Refine? = nil) throws -> SegmentJob {
        var settings = SegmentSettings(threads: 2)
        settings.refine = refine
        return try SegmentJob(model: self, settings: settings)
    }
}

extension TemporaryFolder {
    /// A scene of bytes with patches of several sizes.
    func patches(_ name: String, width: Int, height: Int, seed: Int = 0) throws -> String {
        try scene(name, width: width, height: height, nodata: 255) { x, y, c in
            let patch = Int(noise(x / 16 + seed, y / 12, c)) * 3 / 4
            return UInt8(min(254, patch + Int(noise(x, y, c + 7)) / 6))
        }
    }
}
