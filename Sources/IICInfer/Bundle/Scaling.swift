/// How physical band values become network inputs: x = clamp((v − low) / (high − low), 0, 1).
public struct Scaling: Codable, Hashable, Sendable {
    /// The limits of one band, in the scene's units after its scale and offset.
    public struct Range: Codable, Hashable, Sendable {
        public var low: Float
        public var high: Float

        public init(low: Float, high: Float) {
            self.low = low
            self.high = high
        }
    }

    /// One a band, in the order of the model's bands.
    public var bands: [Range]
    /// The pixel type of the data that the limits come from.
    public var source: SampleType
    /// The units of those data, one a band; nil where samples are what they are.
    public var units: [BandUnit]?

    /// - Parameter units: nil and all plain ones are the same.
    public init(bands: [Range], source: SampleType, units: [BandUnit]? = nil) {
        self.bands = bands
        self.source = source
        self.units = units?.allSatisfy { $0 == .plain } == true ? nil : units
    }

    /// What 8-bit data are scaled by: 0 and 255 in every band.
    public static func uint8(channels: Int) -> Scaling {
        Scaling(
            bands: Array(repeating: Range(low: 0, high: 255), count: channels), source: .uint8)
    }

    /// Scales `(pixels, C)` values in place; a pixel that is not valid becomes 0 in every band.
    ///
    /// - Parameters:
    ///   - values: channels innermost; overwritten. NaN only where `valid` is 0.
    ///   - valid: one byte a pixel, 0 for invalid.
    public func apply(to values: inout MutableSpan<Float>, valid: Span<UInt8>) {
        let channels = bands.count
        precondition(values.count == valid.count * channels, "\(values.count) \(valid.count)")
        for band in 0..<channels {
            let low = bands[band].low
            // Half of each: the difference of two numbers may be beyond the largest one.
            let range = max(bands[band].high / 2 - low / 2, .leastNormalMagnitude)
            for pixel in 0..<valid.count {
                let index = pixel * channels + band
                let value = (values[index] / 2 - low / 2) / range
                // In this order NaN becomes 0.
                values[index] = valid[pixel] == 0 ? 0 : min(max(0, value), 1)
            }
        }
    }
}
