import IICInfer
import IICKernels

/// Pixels that a mixture is fitted to, in blocks, so that work on them can be shared among threads
/// and added up in one order.
package struct PixelSample: Sendable {
    /// Pixels of a block.
    static let blockSize = 4096

    /// Numbers that describe a pixel.
    package let dimensions: Int
    /// Classes of the network; 0 without one.
    package let networkClasses: Int
    package private(set) var count = 0
    /// `(D, blockSize)` of each block, zeros beyond the last pixel.
    private(set) var features: [Buffer<Float>] = []
    /// What head B says, `(K, blockSize)` of each block.
    private(set) var probabilities: [Buffer<Float>] = []

    package init(dimensions: Int, networkClasses: Int) {
        self.dimensions = dimensions
        self.networkClasses = networkClasses
    }

    /// Bytes of so many pixels.
    static func bytes(pixels: Int, dimensions: Int, networkClasses: Int) -> Int {
        let blocks = (pixels + blockSize - 1) / blockSize
        return 4 * blocks * blockSize * (dimensions + networkClasses)
    }

    /// Adds a pixel.
    ///
    /// - Parameters:
    ///   - feature: its numbers, by their places.
    ///   - probability: what head B says of each class.
    package mutating func add(_ feature: (Int) -> Float, probability: (Int) -> Float) {
        let place = count % Self.blockSize
        if place == 0 {
            features.append(Buffer(repeating: 0, count: dimensions * Self.blockSize))
            probabilities.append(Buffer(repeating: 0, count: networkClasses * Self.blockSize))
        }
        let (block, network) = (features[features.count - 1], probabilities[features.count - 1])
        var values = block.mutableSpan()
        for d in 0..<dimensions { values[d * Self.blockSize + place] = feature(d) }
        var others = network.mutableSpan()
        for k in 0..<networkClasses { others[k * Self.blockSize + place] = probability(k) }
        count += 1
    }

    /// Pixels of a block.
    func count(of block: Int) -> Int { min(Self.blockSize, count - block * Self.blockSize) }

    /// The class that head B gives each pixel.
    var networkLabels: [Int] {
        features.indices.flatMap { block in
            let values = probabilities[block]
            var labels = [UInt16](repeating: 0, count: count(of: block))
            do {
                var span = labels.mutableSpan
                MixtureScores.label(values.span(), classes: networkClasses, into: &span)
            }
            return labels.map(Int.init)
        }
    }

    /// Mean and standard deviation of each number.
    var moments: (means: [Double], deviations: [Double]) {
        var (sums, squares) = (
            [Double](repeating: 0, count: dimensions), [Double](repeating: 0, count: dimensions)
        )
        for block in features.indices {
            let values = features[block].array
            for d in 0..<dimensions {
                for pixel in 0..<count(of: block) {
                    let value = Double(values[d * Self.blockSize + pixel])
                    sums[d] += value
                    squares[d] += value * value
                }
            }
        }
        let total = Double(max(1, count))
        let means = sums.map { $0 / total }
        // A band of one value says nothing: its numbers stay as they are.
        let deviations = zip(squares, means).map { square, mean in
            max(0, square / total - mean * mean).squareRoot()
        }.map { $0 > 1e-6 ? $0 : 1 }
        return (means, deviations)
    }
}
