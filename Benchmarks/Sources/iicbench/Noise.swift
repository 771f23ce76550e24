import Foundation

/// Random numbers that a seed fixes (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    private mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + Float(unit()) * (range.upperBound - range.lowerBound)
    }

    /// A standard normal number (Box and Muller, 1958).
    mutating func normal() -> Float {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return Float(radius * cos(2 * Double.pi * unit()))
    }
}
