/// eˣ, lane by lane, within 2 units in the last place for −87 ≤ x ≤ 88; below that 0 to within
/// 10⁻³⁷, and so for NaN.
///
/// Source: Moshier, *Methods and Programs for Mathematical Functions* (1989), the Cephes library's
/// `expf`.
@inline(__always)
public func exponential(_ x: Lane) -> Lane {
    let x = smallest(largest(x, Lane(repeating: -87)), Lane(repeating: 88))
    // Adding 1.5 · 2²³ rounds to the nearest whole number and leaves it in the lowest bits.
    let shifted = Lane(repeating: 12_582_912).adding(product: x, Lane(repeating: 1.442_695_04))
    let n = shifted - 12_582_912
    // ln 2 in two parts: n times the first is exact.
    var r = x.adding(product: n, Lane(repeating: -0.693_359_375))
    r = r.adding(product: n, Lane(repeating: 2.121_944_4e-4))
    var p = Lane(repeating: 1.987_569_15e-4)
    p = Lane(repeating: 1.398_199_950_7e-3).adding(product: p, r)
    p = Lane(repeating: 8.333_451_907_3e-3).adding(product: p, r)
    p = Lane(repeating: 4.166_579_589_4e-2).adding(product: p, r)
    p = Lane(repeating: 1.666_666_545_9e-1).adding(product: p, r)
    p = Lane(repeating: 5.000_000_120_1e-1).adding(product: p, r)
    p = (r + 1).adding(product: p, r * r)
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &+ 127
    return p * Lane(bitPattern: exponent &<< 23)
}

extension SIMD16<Float> {
    /// The numbers whose bits these are.
    @inline(__always)
    init(bitPattern: SIMD16<UInt32>) { self = unsafeBitCast(bitPattern, to: SIMD16<Float>.self) }
}
