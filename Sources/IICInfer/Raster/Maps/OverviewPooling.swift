/// How four pixels of a raster become one of its overview.
protocol OverviewPooling {
    associatedtype Sample: RasterSample

    /// The value of pixels without data.
    var nodata: Sample { get }

    func isNodata(_ sample: Sample) -> Bool

    /// What stands for four pixels: two of a row, then the two below them. Pixels without data have
    /// no say.
    func pool(_ a: Sample, _ b: Sample, _ c: Sample, _ d: Sample) -> Sample
}

extension OverviewPooling where Sample == UInt8 {
    @inline(__always)
    func isNodata(_ sample: UInt8) -> Bool { sample == nodata }
}

/// Of class numbers, as ``MapOverviews/mode(_:_:_:_:)`` has it.
struct MostFrequentClass: OverviewPooling {
    var nodata: UInt8 { MapWriter.nodata }

    @inline(__always)
    func pool(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt8 {
        MapOverviews.mode(a, b, c, d)
    }
}

/// Of whole per cent, their mean rounded half up.
struct MeanPercent: OverviewPooling {
    var nodata: UInt8 { Percent.nodata }

    @inline(__always)
    func pool(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt8 {
        var (sum, count) = (0, 0)
        if a != nodata { (sum, count) = (sum + Int(a), count + 1) }
        if b != nodata { (sum, count) = (sum + Int(b), count + 1) }
        if c != nodata { (sum, count) = (sum + Int(c), count + 1) }
        if d != nodata { (sum, count) = (sum + Int(d), count + 1) }
        return count == 0 ? nodata : UInt8((2 * sum + count) / (2 * count))
    }
}

/// Of numbers, their mean; NaN is no data.
struct MeanNumber: OverviewPooling {
    var nodata: Float { .nan }

    @inline(__always)
    func isNodata(_ sample: Float) -> Bool { sample.isNaN }

    @inline(__always)
    func pool(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
        var (sum, count): (Float, Float) = (0, 0)
        if !a.isNaN { (sum, count) = (sum + a, count + 1) }
        if !b.isNaN { (sum, count) = (sum + b, count + 1) }
        if !c.isNaN { (sum, count) = (sum + c, count + 1) }
        if !d.isNaN { (sum, count) = (sum + d, count + 1) }
        return count == 0 ? nodata : sum / count
    }
}
