import Foundation
import IICInfer
import TestSupport

/// A mixture of six Gaussians over four bands and their means, and what it makes of a scene pixel by
/// pixel, in double precision and from the definitions.
struct PlainReadOut {
    static let classes = 6
    private static let size = 8
    /// L of each class's precision L Lᵀ.
    private let factors: [[Double]]
    var mixture: Mixture

    init() {
        let (classes, size) = (Self.classes, Self.size)
        func random(_ index: Int, _ seed: Int) -> Double { Double(noise(index, seed, 12)) / 255 }
        factors = (0..<classes).map { k in
            (0..<size * size).map { index in
                let (i, j) = (index / size, index % size)
                if i == j { return 2 + 4 * random(index, k) }
                return i > j ? 2 * random(index, k) - 1 : 0
            }
        }
        let precisions = factors.map { factor in
            (0..<size * size).map { index in
                let (i, j) = (index / size, index % size)
                return (0..<size).reduce(0) { $0 + factor[i * size + $1] * factor[j * size + $1] }
            }
        }
        let confusion = (0..<classes).map { k in
            (0..<classes).map { 0.05 + random($0, 30 + k) + ($0 == k ? 1 : 0) }
        }
        mixture = Mixture(
            means: (0..<classes * size).map { 0.2 + 0.5 * random($0, 20) },
            precisions: precisions.flatMap(\.self),
            logShares: (0..<classes).map { -3 * random($0, 21) },
            logConfusion: confusion.flatMap { row in row.map { log($0 / row.reduce(0, +)) } },
            weight: 2)
    }

    /// ln (share · density), and what the network adds to it.
    func scores(_ x: [Double], said: [Double], weight: Double) -> [Double] {
        let (classes, size) = (Self.classes, Self.size)
        return (0..<classes).map { k in
            let offset = (0..<size).map { x[$0] - mixture.means[k * size + $0] }
            var score = mixture.logShares[k]
            for i in 0..<size {
                score += log(factors[k][i * size + i])
                for j in 0..<size {
                    let precision = mixture.precisions[(k * size + i) * size + j]
                    score -= offset[i] * precision * offset[j] / 2
                }
            }
            let terms = (0..<classes).map { said[$0] * mixture.logConfusion[k * classes + $0] }
            return score + weight * terms.reduce(0, +)
        }
    }

    /// The class of each pixel, and by how much its score is above the next one's; 255 and infinite
    /// where there is no data.
    func labels(
        of scene: SceneReader, weight: Double
    ) throws -> [(label: UInt8, margin: Double)] {
        let (width, height) = (scene.width, scene.height)
        let (values, valid) = try scene.pixels()
        var image = values
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
        }
        let said = StreamingEngineTests.probabilities(
            ReferenceEngine(weights: StreamingEngineTests.weights(), geometry: .seamless), image,
            height, width)
        return (0..<width * height).map { pixel in
            guard valid[pixel] != 0 else { return (255, .infinity) }
            let (x, y) = (pixel % width, pixel / width)
            let rows = max(0, y - 1)...min(height - 1, y + 1)
            let columns = max(0, x - 1)...min(width - 1, x + 1)
            let around = rows.flatMap { y in columns.map { y * width + $0 } }
                .filter { valid[$0] != 0 }
            let own = (0..<4).map { Double(image[pixel * 4 + $0]) }
            let means = (0..<4).map { band in
                let sum = around.reduce(0) { $0 + Double(image[$1 * 4 + band]) }
                return sum / Double(around.count)
            }
            let scores = scores(
                own + means, said: (0..<6).map { Double(said[pixel * 6 + $0]) }, weight: weight)
            let sorted = scores.sorted(by: >)
            return (UInt8(scores.firstIndex(of: sorted[0]) ?? 0), sorted[0] - sorted[1])
        }
    }
}
