public import IICInfer

/// Draws a bounded number of pixels from a stream whose length is known.
///
/// Which ones are drawn depends on the seed and their place in the stream, not on how it is cut.
public struct PixelSampler: Sendable {
    /// What k-means is fitted to at most, about.
    public static let limit = 50_000

    /// `(n, channels)`.
    public private(set) var points: [Float] = []
    private let channels: Int
    private let threshold: UInt64
    private let key: UInt64
    private var position: UInt64 = 0

    /// - Parameter total: pixels to come.
    public init(total: Int, channels: Int, seed: UInt64, limit: Int = Self.limit) {
        self.channels = channels
        let share = Double(limit) / Double(max(total, 1))
        threshold = share >= 1 ? .max : UInt64(share * 0x1p64)
        key = SplitMix64.mix(seed ^ 0x5A3D)
    }

    /// Takes the next pixels, `(n, channels)`; those that are not valid count, but are never drawn.
    public mutating func add(_ values: Span<Float>, valid: (Int) -> Bool) {
        for pixel in 0..<values.count / channels {
            position += 1
            guard SplitMix64.mix(position ^ key) <= threshold, valid(pixel) else { continue }
            for channel in 0..<channels { points.append(values[pixel * channels + channel]) }
        }
    }
}

/// Labels pixels by their own values alone: scaled to 0…1, then clustered by ``KMeans``.
public struct PixelClustering: Sendable {
    private let scaling: Scaling
    private let means: KMeans

    /// Fits to a sample; nil if it is empty.
    ///
    /// - Parameter source: `uint8` values are scaled from 0…255, others from their 0.5 and 99.5
    ///   percentiles, as models are.
    /// - Throws: ``Interrupted``.
    public init?(
        _ sample: PixelSampler, channels: Int, source: SampleType, clusters: Int, seed: UInt64,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) {
        var points = sample.points
        guard !points.isEmpty else { return nil }
        scaling =
            source == .uint8
            ? .uint8(channels: channels)
            : Scaling(
                bands: (0..<channels).map { channel in
                    let values = stride(from: channel, to: points.count, by: channels)
                        .map { points[$0] }.sorted()
                    let last = Float(values.count - 1)
                    return .init(
                        low: values[Int(last * 0.005)], high: values[Int(last * 0.995)])
                }, source: source)
        let valid = [UInt8](repeating: 1, count: points.count / channels)
        var span = points.mutableSpan
        scaling.apply(to: &span, valid: valid.span)
        means = try KMeans(
            points: points, dimensions: channels, clusters: clusters, seed: seed,
            isCancelled: isCancelled)
    }

    /// The cluster of each pixel; ``LabelReader/none`` for those that are not valid.
    public func labels(_ values: [Float], valid: [UInt8]) -> [Int32] {
        var scaled = values
        var span = scaled.mutableSpan
        scaling.apply(to: &span, valid: valid.span)
        let channels = scaling.bands.count
        return valid.indices.map { pixel in
            valid[pixel] == 0
                ? LabelReader.none
                : Int32(means.nearest(scaled.span, at: pixel * channels).cluster)
        }
    }
}
