internal import Glibc

/// Eight classes side by side, in double precision.
public typealias ClassLane = SIMD8<Double>

/// Classes in a ``ClassLane``.
public let classLaneWidth = 8

/// A complex number for each of eight classes.
public struct ComplexLane: BitwiseCopyable, Sendable {
    public var re: ClassLane
    public var im: ClassLane

    public init(re: ClassLane = .zero, im: ClassLane = .zero) {
        self.re = re
        self.im = im
    }

    @inline(__always)
    static func + (a: ComplexLane, b: ComplexLane) -> ComplexLane {
        ComplexLane(re: a.re + b.re, im: a.im + b.im)
    }

    @inline(__always)
    static func - (a: ComplexLane, b: ComplexLane) -> ComplexLane {
        ComplexLane(re: a.re - b.re, im: a.im - b.im)
    }

    @inline(__always)
    var timesI: ComplexLane { ComplexLane(re: -im, im: re) }

    @inline(__always)
    var conjugate: ComplexLane { ComplexLane(re: re, im: -im) }

    @inline(__always)
    func times(_ re: Double, _ im: Double) -> ComplexLane {
        ComplexLane(
            re: (self.re * re).adding(product: self.im, ClassLane(repeating: -im)),
            im: (self.im * re).adding(product: self.re, ClassLane(repeating: im)))
    }
}

extension ClassLane {
    /// self + a · b, as in ``Lane``.
    @inline(__always)
    func adding(product a: ClassLane, _ b: ClassLane) -> ClassLane {
        #if SEPARATE_PRODUCTS
            self + a * b
        #else
            addingProduct(a, b)
        #endif
    }
}

/// The discrete Fourier transform of a power of two of points, for eight classes at once.
///
/// In place, without a last permutation: frequencies stay where the passes leave them, and
/// ``place(of:)`` tells where. Neither direction divides by the number of points.
/// Source: Cooley and Tukey (1965), radix 4; decimation in frequency there, in time back.
public struct FourierTransform: Sendable {
    public let points: Int
    /// The frequency at each place.
    let frequencies: [Int]
    private let places: [Int]
    /// cos and sin of 2π k / points.
    private let roots: [SIMD2<Double>]

    /// - Parameter points: a power of two.
    public init(points: Int) {
        check(points > 0 && points.nonzeroBitCount == 1, "\(points) points")
        self.points = points
        frequencies = Self.order(points)
        var places = [Int](repeating: 0, count: points)
        for (place, frequency) in frequencies.enumerated() { places[frequency] = place }
        self.places = places
        roots = (0..<points).map { k in
            let angle = 2 * Double.pi * Double(k) / Double(points)
            return SIMD2(cos(angle), sin(angle))
        }
    }

    /// Where the transform leaves a frequency; any whole number, since they repeat.
    public func place(of frequency: Int) -> Int { places[frequency & (points - 1)] }

    /// Each pass leaves the frequencies of equal remainder together.
    private static func order(_ points: Int) -> [Int] {
        guard points > 1 else { return [0] }
        let radix = points >= 4 ? 4 : 2
        let inner = order(points / radix)
        return (0..<radix).flatMap { remainder in inner.map { radix * $0 + remainder } }
    }

    /// x(k) ← Σ x(n) exp(−2πi k n / points).
    public func forward(_ line: inout MutableSpan<ComplexLane>) {
        check(line.count >= points)
        var length = points
        while length >= 4 {
            let quarter = length / 4
            let stride = points / length
            for j in 0..<quarter {
                let (w1, w2, w3) = (
                    roots[j * stride], roots[2 * j * stride], roots[3 * j * stride]
                )
                var first = j
                while first < points {
                    let (a, b) = (line[first], line[first + quarter])
                    let (c, d) = (line[first + 2 * quarter], line[first + 3 * quarter])
                    let (even, odd) = (a + c, b + d)
                    let (across, turned) = (a - c, (b - d).timesI)
                    line[first] = even + odd
                    line[first + quarter] = (across - turned).times(w1.x, -w1.y)
                    line[first + 2 * quarter] = (even - odd).times(w2.x, -w2.y)
                    line[first + 3 * quarter] = (across + turned).times(w3.x, -w3.y)
                    first += length
                }
            }
            length = quarter
        }
        if length == 2 { addAndSubtractPairs(&line) }
    }

    /// x(n) ← Σ x(k) exp(+2πi k n / points), from the places where ``forward(_:)`` leaves x(k).
    public func inverse(_ line: inout MutableSpan<ComplexLane>) {
        check(line.count >= points)
        var length = 1
        if points.trailingZeroBitCount & 1 == 1 {
            addAndSubtractPairs(&line)
            length = 2
        }
        while length < points {
            let quarter = length
            length *= 4
            let stride = points / length
            for j in 0..<quarter {
                let (w1, w2, w3) = (
                    roots[j * stride], roots[2 * j * stride], roots[3 * j * stride]
                )
                var first = j
                while first < points {
                    let a = line[first]
                    let b = line[first + quarter].times(w1.x, w1.y)
                    let c = line[first + 2 * quarter].times(w2.x, w2.y)
                    let d = line[first + 3 * quarter].times(w3.x, w3.y)
                    let (even, odd) = (a + c, b + d)
                    let (across, turned) = (a - c, (b - d).timesI)
                    line[first] = even + odd
                    line[first + quarter] = across + turned
                    line[first + 2 * quarter] = even - odd
                    line[first + 3 * quarter] = across - turned
                    first += length
                }
            }
        }
    }

    private func addAndSubtractPairs(_ line: inout MutableSpan<ComplexLane>) {
        for pair in 0..<points / 2 {
            let (a, b) = (line[2 * pair], line[2 * pair + 1])
            line[2 * pair] = a + b
            line[2 * pair + 1] = a - b
        }
    }
}
