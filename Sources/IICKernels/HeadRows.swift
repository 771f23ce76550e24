/// eˣ, lane by lane, within 2 units in the last place for −87 ≤ x ≤ 88; below that 0 to within
/// 10⁻³⁸, NaN for NaN.
///
/// Source: Moshier, *Methods and Programs for Mathematical Functions* (1989), the Cephes library's
/// `expf`.
@inline(__always)
public func exponential(_ x: Lane) -> Lane {
    let x = smallest(largest(x, Lane(repeating: -87)), Lane(repeating: 88))
    // Adding 1.5 · 2²³ rounds to the nearest whole number and leaves it in the lowest bits.
    let shifted = Lane(repeating: 12_582_912).addingProduct(x, Lane(repeating: 1.442_695_04))
    let n = shifted - 12_582_912
    // ln 2 in two parts: n times the first is exact.
    var r = x.addingProduct(n, Lane(repeating: -0.693_359_375))
    r = r.addingProduct(n, Lane(repeating: 2.121_944_4e-4))
    var p = Lane(repeating: 1.987_569_15e-4)
    p = Lane(repeating: 1.398_199_950_7e-3).addingProduct(p, r)
    p = Lane(repeating: 8.333_451_907_3e-3).addingProduct(p, r)
    p = Lane(repeating: 4.166_579_589_4e-2).addingProduct(p, r)
    p = Lane(repeating: 1.666_666_545_9e-1).addingProduct(p, r)
    p = Lane(repeating: 5.000_000_120_1e-1).addingProduct(p, r)
    p = (r + 1).addingProduct(p, r * r)
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &+ 127
    return p * Lane(bitPattern: exponent &<< 23)
}

extension SIMD16<Float> {
    /// The numbers whose bits these are.
    @inline(__always)
    init(bitPattern: SIMD16<UInt32>) { self = unsafeBitCast(bitPattern, to: SIMD16<Float>.self) }

    /// The largest of all, and the lowest of its places.
    @inline(__always)
    var largestValue: Float {
        let a = largestOf(lowHalf, highHalf)
        let b = largestOf(a.lowHalf, a.highHalf)
        let c = largestOf(b.lowHalf, b.highHalf)
        return c[0] > c[1] ? c[0] : c[1]
    }

    @inline(__always)
    var total: Float {
        let a = lowHalf + highHalf
        let b = a.lowHalf + a.highHalf
        let c = b.lowHalf + b.highHalf
        return c[0] + c[1]
    }
}

@inline(__always)
private func largestOf<S: SIMD>(_ a: S, _ b: S) -> S where S.Scalar: Comparable {
    b.replacing(with: a, where: a .> b)
}

/// The larger of two, lane by lane; `b` where `a` is NaN, as the processor's instruction does it.
@inline(__always)
func largest(_ a: Lane, _ b: Lane) -> Lane { b.replacing(with: a, where: a .> b) }

@inline(__always)
func smallest(_ a: Lane, _ b: Lane) -> Lane { b.replacing(with: a, where: a .< b) }

/// Classes as they lie in lanes: `(lanes, columns, 16)`, class k in lane k / 16.
public enum HeadRows {
    /// 0 for a class, −∞ for a place beyond the last one.
    @inline(__always)
    private static func bar(_ lane: Int, _ classes: Int) -> Lane {
        var bar = Lane()
        for k in 0..<laneWidth where lane * laneWidth + k >= classes { bar[k] = -.infinity }
        return bar
    }

    /// Turns a row's logits into probabilities, in place; 0 beyond the last class.
    ///
    /// - Parameters:
    ///   - values: `(lanes(classes), capacity, 16)`.
    ///   - columns: columns that count.
    public static func softmax(
        _ values: inout MutableSpan<Float>, columns: Int, capacity: Int, classes: Int
    ) {
        let count = lanes(classes)
        check(columns <= capacity && values.count == count * capacity * laneWidth)
        let last = bar(count - 1, classes)
        values.withUnsafeMutableBytes { bytes in
            guard let values = bytes.baseAddress?.assumingMemoryBound(to: Lane.self) else {
                return
            }
            for column in 0..<columns {
                var peak = last + values[(count - 1) * capacity + column]
                for lane in 0..<count - 1 { peak = largest(values[lane * capacity + column], peak) }
                let top = Lane(repeating: peak.largestValue)
                var sum = Lane()
                for lane in 0..<count {
                    let index = lane * capacity + column
                    var power = exponential(values[index] - top)
                    if lane == count - 1 { power.replace(with: 0, where: last .< 0) }
                    values[index] = power
                    sum += power
                }
                let scale = Lane(repeating: 1 / sum.total)
                for lane in 0..<count { values[lane * capacity + column] *= scale }
            }
        }
    }

    /// Where one output row or column lies between two of the heads' map.
    public struct Place: Hashable, Sendable {
        public var low: Int
        public var high: Int
        /// Weight of `high`; that of `low` is the rest.
        public var weight: Float

        public init(low: Int, high: Int, weight: Float) {
            self.low = low
            self.high = high
            self.weight = weight
        }
    }

    /// Mixes two rows of probabilities: `upper` and `lower` by `weight`, all `(lanes, capacity, 16)`.
    public static func mix(
        _ upper: Span<Float>, _ lower: Span<Float>, weight: Float, into row: inout MutableSpan<Float>
    ) {
        check(upper.count == lower.count && upper.count == row.count)
        for index in 0..<row.count {
            row[index] = (1 - weight) * upper[index] + weight * lower[index]
        }
    }

    /// The most probable class at each output column of a mixed row; of equal ones the lowest.
    ///
    /// - Parameters:
    ///   - row: `(lanes(classes), capacity, 16)`.
    ///   - places: one an output column, counted in the row's columns.
    ///   - labels: one an output column, overwritten.
    public static func label(
        _ row: Span<Float>, capacity: Int, classes: Int, places: Span<Place>,
        into labels: inout MutableSpan<UInt8>
    ) {
        let count = lanes(classes)
        check(row.count == count * capacity * laneWidth && labels.count == places.count)
        var order = Lane()
        for k in 0..<laneWidth { order[k] = Float(k) }
        row.withUnsafeBytes { bytes in
            guard let row = bytes.baseAddress?.assumingMemoryBound(to: Lane.self) else { return }
            for index in 0..<places.count {
                let place = places[index]
                check(place.low >= 0 && place.low < capacity)
                check(place.high >= 0 && place.high < capacity)
                var best = (label: Float(0), value: -Float.infinity)
                for lane in 0..<count {
                    let values = blend(row + lane * capacity, place)
                    // Places beyond the last class are 0 and last: they never win.
                    let value = values.largestValue
                    guard value > best.value else { continue }
                    let label = Lane(repeating: 1000).replacing(
                        with: order, where: values .== Lane(repeating: value))
                    best = (Float(lane * laneWidth) - (-label).largestValue, value)
                }
                labels[index] = UInt8(best.label)
            }
        }
    }

    /// The probabilities at each output column of a mixed row, `(columns, classes)`.
    ///
    /// Arguments are those of ``label(_:capacity:classes:places:into:)``.
    public static func spread(
        _ row: Span<Float>, capacity: Int, classes: Int, places: Span<Place>,
        into output: inout MutableSpan<Float>
    ) {
        let count = lanes(classes)
        check(row.count == count * capacity * laneWidth)
        check(output.count == places.count * classes)
        row.withUnsafeBytes { bytes in
            guard let row = bytes.baseAddress?.assumingMemoryBound(to: Lane.self) else { return }
            for index in 0..<places.count {
                let place = places[index]
                check(place.low >= 0 && place.low < capacity)
                check(place.high >= 0 && place.high < capacity)
                for lane in 0..<count {
                    let values = blend(row + lane * capacity, place)
                    let first = lane * laneWidth
                    for k in first..<min(first + laneWidth, classes) {
                        output[index * classes + k] = values[k - first]
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func blend(_ row: UnsafePointer<Lane>, _ place: Place) -> Lane {
        (1 - place.weight) * row[place.low] + place.weight * row[place.high]
    }
}
