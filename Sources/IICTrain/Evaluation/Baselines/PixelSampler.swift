import IICInfer

/// Draws a bounded number of pixels from a stream whose length is known.
///
/// Which ones are drawn depends on the seed and their place in the stream, not on how it is cut.
package struct PixelSampler: Sendable {
    /// What k-means is fitted to at most, about.
    package static let limit = 50_000

    /// `(n, C)`.
    package private(set) var points: [Float] = []
    private var channels = 0
    private let threshold: UInt64
    private let key: UInt64
    private var position: UInt64 = 0

    /// - Parameter total: pixels to come.
    package init(total: Int, seed: UInt64, limit: Int = Self.limit) {
        let share = Double(limit) / Double(max(total, 1))
        threshold = share >= 1 ? .max : UInt64(share * 0x1p64)
        key = SplitMix64.mix(seed ^ 0x5A3D)
    }

    /// Takes the next pixels; those that are not valid count, but are never drawn.
    package mutating func add(_ block: PixelBlock) {
        channels = block.channels
        for pixel in block.valid.indices {
            position += 1
            guard SplitMix64.mix(position ^ key) <= threshold, block.valid[pixel] != 0 else {
                continue
            }
            points += block.values[pixel * channels..<(pixel + 1) * channels]
        }
    }

    /// How models would scale these pixels: `uint8` values from 0…255, others from their 0.5 and
    /// 99.5 percentiles.
    ///
    /// - Precondition: at least one pixel was drawn.
    func scaling(source: SampleType) -> Scaling {
        guard source != .uint8 else { return .uint8(channels: channels) }
        let bands = (0..<channels).map { channel in
            let values = stride(from: channel, to: points.count, by: channels)
                .map { points[$0] }.sorted()
            let last = Float(values.count - 1)
            return Scaling.Range(
                low: values[Int(last * 0.005)], high: values[Int(last * 0.995)])
        }
        return Scaling(bands: bands, source: source)
    }

    /// ``points`` with values of 0…1.
    func scaledPoints(_ scaling: Scaling) -> [Float] {
        var scaled = points
        let valid = [UInt8](repeating: 1, count: points.count / channels)
        var span = scaled.mutableSpan
        scaling.apply(to: &span, valid: valid.span)
        return scaled
    }
}
