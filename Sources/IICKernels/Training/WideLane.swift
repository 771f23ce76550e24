/// A lane in double precision.
struct WideLane {
    var low: SIMD8<Double>
    var high: SIMD8<Double>

    @inline(__always)
    init() { (low, high) = (SIMD8(), SIMD8()) }

    @inline(__always)
    init(low: SIMD8<Double>, high: SIMD8<Double>) { (self.low, self.high) = (low, high) }

    @inline(__always)
    init(_ lane: Lane) {
        // Number by number: the generic conversion is a loop, in a function of its own.
        low = SIMD8(
            Double(lane[0]), Double(lane[1]), Double(lane[2]), Double(lane[3]),
            Double(lane[4]), Double(lane[5]), Double(lane[6]), Double(lane[7]))
        high = SIMD8(
            Double(lane[8]), Double(lane[9]), Double(lane[10]), Double(lane[11]),
            Double(lane[12]), Double(lane[13]), Double(lane[14]), Double(lane[15]))
    }

    @inline(__always)
    init(_ source: UnsafePointer<Double>) {
        let source = UnsafeRawPointer(source)
        low = source.loadUnaligned(as: SIMD8<Double>.self)
        high = source.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
    }

    /// Rounded.
    @inline(__always)
    var lane: Lane {
        Lane(
            Float(low[0]), Float(low[1]), Float(low[2]), Float(low[3]),
            Float(low[4]), Float(low[5]), Float(low[6]), Float(low[7]),
            Float(high[0]), Float(high[1]), Float(high[2]), Float(high[3]),
            Float(high[4]), Float(high[5]), Float(high[6]), Float(high[7]))
    }

    @inline(__always)
    func add(to target: UnsafeMutablePointer<Double>) {
        let sum = WideLane(target) + self
        let target = UnsafeMutableRawPointer(target)
        target.storeBytes(of: sum.low, as: SIMD8<Double>.self)
        target.storeBytes(of: sum.high, toByteOffset: 64, as: SIMD8<Double>.self)
    }

    @inline(__always)
    static func + (a: WideLane, b: WideLane) -> WideLane {
        WideLane(low: a.low + b.low, high: a.high + b.high)
    }

    @inline(__always)
    static func - (a: WideLane, b: WideLane) -> WideLane {
        WideLane(low: a.low - b.low, high: a.high - b.high)
    }

    @inline(__always)
    static func * (a: WideLane, b: WideLane) -> WideLane {
        WideLane(low: a.low * b.low, high: a.high * b.high)
    }
}
