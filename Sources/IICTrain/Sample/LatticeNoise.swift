import IICInfer

/// Random numbers fixed by place and seed, so that any part of a scene can be made alone.
///
/// Uses only arithmetic that IEEE 754 defines exactly: no sine, which differs between machines.
struct LatticeNoise: Sendable {
    private let key: UInt64

    init(seed: UInt64, layer: UInt64) {
        key = SplitMix64.mix(seed &* 0xD134_2543_DE82_EF95 &+ layer &+ 1)
    }

    /// 64 random bits of a lattice point.
    func bits(_ x: Int, _ y: Int) -> UInt64 {
        let place = UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(
            (place ^ key) &+ UInt64(bitPattern: Int64(y)) &* 0xC2B2_AE3D_27D4_EB4F)
    }

    /// A number in 0..<1 of a lattice point.
    func unit(_ x: Int, _ y: Int) -> Float {
        Float(bits(x, y) >> 40) * 0x1p-24
    }

    /// About normal: mean 0, deviation 1, within ±3.5 (the sum of four uniform numbers).
    func normal(_ x: Int, _ y: Int) -> Float {
        Self.normal(bits(x, y))
    }

    /// About normal, from the 64 bits of a lattice point.
    static func normal(_ bits: UInt64) -> Float {
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (Float(sum) - 131_070) * (1.732_051 / 65_536)
    }

    /// Smooth noise in −1…1 whose blobs are about `wavelength` long.
    func smooth(_ x: Float, _ y: Float, wavelength: Float) -> Float {
        let (column, fx) = Self.cell(x / wavelength)
        let (row, fy) = Self.cell(y / wavelength)
        let top = mix(unit(column, row), unit(column + 1, row), fx)
        let bottom = mix(unit(column, row + 1), unit(column + 1, row + 1), fx)
        return mix(top, bottom, fy) * 2 - 1
    }

    private static func cell(_ value: Float) -> (Int, Float) {
        let floor = value.rounded(.down)
        let t = value - floor
        return (Int(floor), t * t * (3 - 2 * t))
    }

    private func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
}

/// A triangle wave in −1…1 of period 1: what stands for a sine in rows and furrows.
func triangle(_ phase: Float) -> Float {
    let t = phase - phase.rounded(.down)
    return t < 0.5 ? 4 * t - 1 : 3 - 4 * t
}
