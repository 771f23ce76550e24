/// One axis of a grid that lies over a raster from the same corner and has larger or smaller pixels.
///
/// A *place* is a pixel of the grid; *pixels* are the raster's.
public struct GridAxis: Hashable, Sendable {
    /// Pixels of the raster.
    public let pixels: Int
    /// Pixels that one place is long, a multiple of 2⁻²⁰: with that, place · step is exact for all
    /// rasters that GDAL opens, and no rounding moves an edge.
    public let step: Double
    /// Places; the last may reach beyond the raster.
    public let count: Int

    /// - Parameter step: is rounded to a multiple of 2⁻²⁰, which is not 0.
    public init(pixels: Int, step: Double) {
        check(pixels > 0 && step > 0x1p-20 && step < 0x1p20, "\(pixels) pixels in steps of \(step)")
        let step = (step * 0x1p20).rounded() / 0x1p20
        var count = max(1, Int((Double(pixels) / step).rounded(.up)))
        // The quotient is rounded, the products are exact.
        while count > 1, Double(count - 1) * step >= Double(pixels) { count -= 1 }
        while Double(count) * step < Double(pixels) { count += 1 }
        self.pixels = pixels
        self.step = step
        self.count = count
    }

    /// The pixels whose centres lie in some places: each pixel's lies in one place.
    public func pixels(of places: Range<Int>) -> Range<Int> {
        first(in: places.lowerBound)..<first(in: places.upperBound)
    }

    /// The first pixel whose centre lies in `place` or behind it.
    private func first(in place: Int) -> Int {
        if place >= count { return pixels }
        return min(pixels, max(0, Int((Double(place) * step - 0.5).rounded(.up))))
    }

    /// The place in which a pixel's centre lies.
    public func place(of pixel: Int) -> Int {
        let centre = Double(pixel) + 0.5
        var place = Int(centre / step)
        if Double(place) * step > centre { place -= 1 }
        if Double(place + 1) * step <= centre { place += 1 }
        return min(count - 1, max(0, place))
    }

    /// The places in which the centres of some pixels lie, and those between them.
    public func places(of pixels: Range<Int>) -> Range<Int> {
        guard !pixels.isEmpty else { return 0..<0 }
        return place(of: pixels.lowerBound)..<place(of: pixels.upperBound - 1) + 1
    }
}
