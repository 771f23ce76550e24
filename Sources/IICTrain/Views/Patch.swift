/// A square crop of the training data.
public struct Patch: Sendable {
    /// Pixels a side.
    public let size: Int
    /// `(H, W, C)`, scaled to 0…1; 0 where invalid.
    public var values: [Float]
    /// `(H, W)`, 1 for valid, else 0.
    public var valid: [UInt8]
    /// Whether the values are n / 255 of 8-bit data, to be jittered in their arithmetic.
    public let isByte: Bool

    public init(size: Int, values: [Float], valid: [UInt8], isByte: Bool) {
        self.size = size
        self.values = values
        self.valid = valid
        self.isByte = isByte
    }

    /// Left and right exchanged.
    func flipped() -> Patch {
        let channels = values.count / valid.count
        var copy = self
        for y in 0..<size {
            for x in 0..<size {
                let (target, source) = (y * size + x, y * size + size - 1 - x)
                copy.valid[target] = valid[source]
                for c in 0..<channels {
                    copy.values[target * channels + c] = values[source * channels + c]
                }
            }
        }
        return copy
    }
}
