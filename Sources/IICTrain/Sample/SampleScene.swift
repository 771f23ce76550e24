/// A synthetic scene that looks like an aerial photograph, with the truth of every pixel.
///
/// Made some rows at a time, so that a scene may be larger than memory. The same size and seed give
/// the same bytes however many rows are made at a time.
public struct SampleScene: Sendable {
    /// The shortest side.
    public static let minimumSize = 64
    /// The longest side; plan and file sizes stay reasonable below it.
    public static let maximumSize = 100_000

    /// Pixels a side.
    public let size: Int
    private let painter: ScenePainter
    private let noise: LatticeNoise

    /// - Precondition: `size` lies between ``minimumSize`` and ``maximumSize``.
    public init(size: Int, seed: UInt64) {
        precondition(size >= Self.minimumSize && size <= Self.maximumSize, "\(size)")
        self.size = size
        painter = ScenePainter(plan: LandPlan(size: size, seed: seed), seed: seed)
        noise = LatticeNoise(seed: seed, layer: 21)
    }

    /// Rows of the scene.
    public struct Rows: Sendable {
        /// `(H, W, 4)`: red, green, blue and infrared reflectance, 0…1.
        public var values: [Float]
        /// `(H, W)`: raw values of ``SampleClass``.
        public var truth: [UInt8]

        /// The values as bytes, 0…255.
        public var uint8: [UInt8] { values.map { UInt8($0 * 255 + 0.5) } }

        /// The values as a 12-bit sensor might deliver them, dark offset included.
        public var uint16: [UInt16] { values.map { UInt16(180 + $0 * 3400 + 0.5) } }
    }

    /// The rows of `range`, whole width.
    public func rows(_ range: Range<Int>) -> Rows {
        precondition(range.lowerBound >= 0 && range.upperBound <= size, "\(range)")
        // One pixel more on every side: what the lens blurs into the picture.
        let rows = painter.paint(
            left: -1, top: range.lowerBound - 1, width: size + 2, height: range.count + 2)
        var result = Rows(values: [], truth: [])
        result.values.reserveCapacity(range.count * size * 4)
        result.truth.reserveCapacity(range.count * size)
        for row in 0..<range.count {
            for column in 0..<size {
                let middle = (row + 1) * rows.width + column + 1
                let value = sense(rows, middle, x: column, y: range.lowerBound + row)
                for band in 0..<4 { result.values.append(value[band]) }
                result.truth.append(rows.truth[middle])
            }
        }
        return result
    }

    /// What the camera makes of the light at one pixel: a little blur, then noise that grows with
    /// the light, alike in all bands for the most part.
    private func sense(_ rows: SampleRows, _ middle: Int, x: Int, y: Int) -> SIMD4<Float> {
        let width = rows.width
        let colour = rows.colour
        let cross =
            colour[middle - 1] + colour[middle + 1] + colour[middle - width]
            + colour[middle + width]
        let corners =
            colour[middle - width - 1] + colour[middle - width + 1] + colour[middle + width - 1]
            + colour[middle + width + 1]
        var value = colour[middle] * 0.5 + cross * 0.1 + corners * 0.025
        let common = noise.normal(x, y)
        let apart = SIMD4(
            noise.normal(x + 200_003, y), noise.normal(x, y + 200_003),
            noise.normal(x + 400_009, y), noise.normal(x, y + 400_009))
        value += value * (0.23 * common) + apart * 0.07
        return value.clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
    }
}
