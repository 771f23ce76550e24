/// A row of a grid in the making: at each place sums of valid pixels' values times their weights.
///
/// Each place is one chain of sums over its own pixels from the upper left on, so its bits depend on
/// nothing that is made beside it.
public struct WeightedRow: Sendable {
    private let channels: Int
    /// `(W, C)`.
    private var sums: [Float]
    /// The weights of the valid pixels in them.
    private var shares: [Float]
    /// 1 where a place's own pixels are valid, 2 where they are not, 3 where some are and some are not.
    private var states: [UInt8]

    /// A row without any pixel.
    public init(places: Int, channels: Int) {
        self.channels = channels
        sums = [Float](repeating: 0, count: places * channels)
        shares = [Float](repeating: 0, count: places)
        states = [UInt8](repeating: 0, count: places)
    }

    public static func bytes(places: Int, channels: Int) -> Int { places * (4 * channels + 5) }

    public mutating func clear() {
        for index in sums.indices { sums[index] = 0 }
        for index in shares.indices {
            shares[index] = 0
            states[index] = 0
        }
    }

    /// Replaces this row by a row of pixels, summed along the row alone.
    ///
    /// - Parameters:
    ///   - pixels: `(columns.pixels.count, C)`, 0 where invalid.
    ///   - valid: one a pixel, 0 for invalid.
    public mutating func sum(_ pixels: Span<Float>, valid: Span<UInt8>, columns: AxisWeights) {
        check(columns.count == shares.count && valid.count == columns.pixels.count)
        check(pixels.count == valid.count * channels)
        let start = columns.pixels.lowerBound
        clear()
        for place in 0..<columns.count {
            let own = columns.own[place]
            var share: Float = 0
            var state: UInt8 = 0
            for index in columns.starts[place]..<columns.starts[place + 1] {
                let pixel = columns.firsts[place] + index - columns.starts[place]
                let isValid = valid[pixel - start] != 0
                if own.contains(pixel) { state |= isValid ? 1 : 2 }
                guard isValid else { continue }
                let weight = columns.weights[index]
                share += weight
                for c in 0..<channels {
                    sums[place * channels + c] += weight * pixels[(pixel - start) * channels + c]
                }
            }
            shares[place] = share
            states[place] = state
        }
    }

    /// Adds a row that was summed along itself.
    ///
    /// - Parameter isOwn: whether its pixels are this row's own.
    public mutating func add(_ row: WeightedRow, weight: Float, isOwn: Bool) {
        check(row.sums.count == sums.count && row.shares.count == shares.count)
        for index in sums.indices { sums[index] += weight * row.sums[index] }
        for place in shares.indices {
            shares[place] += weight * row.shares[place]
            if isOwn { states[place] |= row.states[place] }
        }
    }

    /// What has been added, as mean values.
    ///
    /// - Parameters:
    ///   - values: `(W, C)`, overwritten; 0 where no own pixel is valid.
    ///   - valid: overwritten; 1 where all own pixels are valid, 2 where some are, else 0.
    public func means(into values: inout MutableSpan<Float>, valid: inout MutableSpan<UInt8>) {
        check(values.count == sums.count && valid.count == shares.count)
        for place in shares.indices {
            let isValid = states[place] & 1 != 0
            valid[place] = isValid ? (states[place] == 3 ? 2 : 1) : 0
            for c in 0..<channels {
                let index = place * channels + c
                values[index] = isValid ? sums[index] / shares[place] : 0
            }
        }
    }
}
