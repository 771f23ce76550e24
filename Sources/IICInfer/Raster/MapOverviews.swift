internal import CGDAL

/// Overviews of a map: each pixel the most frequent class of the four below it.
///
/// Our own, because GDAL's take memory that grows with the raster's width and with the number of
/// threads (240 MB for 20000 pixels on two), and several times as long.
package enum MapOverviews {
    /// No overview is needed once both sides are this short: one block.
    private static let shortest = 512
    /// Pixels a side of what is written at a time.
    private static let part = 512

    /// Adds overviews to a dataset of labels that was opened for writing.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked for each part.
    /// - Throws: ``GDALError`` or ``Interrupted``.
    static func build(
        in dataset: GDALDatasetH, width: Int, height: Int, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws {
        var levels: [Int32] = []
        while max(width, height) >> levels.count > shortest {
            levels.append(levels.last.map { $0 * 2 } ?? 2)
        }
        guard !levels.isEmpty else { return }
        CPLErrorReset()
        // Makes them, and leaves them empty.
        guard
            unsafe GDALBuildOverviews(
                dataset, "NONE", Int32(levels.count), &levels, 0, nil, GDALDummyProgress, nil)
                == CE_None
        else { throw GDALError.last() }
        guard let base = unsafe GDALGetRasterBand(dataset, 1) else { throw GDALError.last() }
        var source = unsafe base
        var done = 0.0
        for level in levels.indices {
            guard let target = unsafe GDALGetOverview(base, Int32(level)) else {
                throw GDALError.last()
            }
            // Of all the work, a level is three quarters of what the levels before have left.
            let part = (1 - done) * 0.75
            try unsafe halve(source, into: target) { share in
                if isCancelled() { throw Interrupted() }
                progress(done + part * share)
            }
            done += part
            unsafe source = target
        }
    }

    private static func halve(
        _ source: GDALRasterBandH, into target: GDALRasterBandH,
        before row: (_ share: Double) throws -> Void
    ) throws {
        let from = unsafe (Int(GDALGetRasterBandXSize(source)), Int(GDALGetRasterBandYSize(source)))
        let to = unsafe (Int(GDALGetRasterBandXSize(target)), Int(GDALGetRasterBandYSize(target)))
        let nodata = MapWriter.nodata
        var large = [UInt8](repeating: nodata, count: 4 * part * part)
        var small = [UInt8](repeating: nodata, count: part * part)
        for y in stride(from: 0, to: to.1, by: part) {
            try row(Double(y) / Double(to.1))
            for x in stride(from: 0, to: to.0, by: part) {
                let (width, height) = (min(part, to.0 - x), min(part, to.1 - y))
                let (columns, rows) = (
                    min(2 * width, from.0 - 2 * x), min(2 * height, from.1 - 2 * y)
                )
                try unsafe transfer(
                    source, GF_Read, 2 * x, 2 * y, columns, rows, &large, line: 2 * part)
                // No data, as the overview's own blocks are until they are written.
                if isNodata(large.span, columns: columns, rows: rows) { continue }
                // Beyond the raster's last odd row or column there is no data.
                for row in 0..<rows where columns < 2 * width {
                    large[row * 2 * part + columns] = nodata
                }
                for column in 0..<2 * width where rows < 2 * height {
                    large[rows * 2 * part + column] = nodata
                }
                halve(large.span, into: &small, width: width, height: height)
                try unsafe transfer(target, GF_Write, x, y, width, height, &small, line: part)
            }
        }
    }

    private static func isNodata(_ large: Span<UInt8>, columns: Int, rows: Int) -> Bool {
        (0..<rows).allSatisfy { row in
            let first = row * 2 * part
            return large.extracting(first..<first + columns).isAll(MapWriter.nodata)
        }
    }

    private static func halve(
        _ large: Span<UInt8>, into small: inout [UInt8], width: Int, height: Int
    ) {
        for y in 0..<height {
            for x in 0..<width {
                let first = 2 * y * 2 * part + 2 * x
                small[y * part + x] = mode(
                    large[first], large[first + 1], large[first + 2 * part],
                    large[first + 2 * part + 1])
            }
        }
    }

    /// The most frequent of four, no data left out; of equally frequent ones the first.
    @inline(__always)
    package static func mode(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt8 {
        let nodata = MapWriter.nodata
        if a != nodata && (a == b || a == c || a == d) { return a }
        if b != nodata && (b == c || b == d) { return b }
        if c != nodata && c == d { return c }
        return a != nodata ? a : b != nodata ? b : c != nodata ? c : d
    }

    private static func transfer(
        _ band: GDALRasterBandH, _ direction: GDALRWFlag, _ x: Int, _ y: Int, _ width: Int,
        _ height: Int, _ pixels: inout [UInt8], line: Int
    ) throws(GDALError) {
        CPLErrorReset()
        let status = unsafe GDALRasterIO(
            band, direction, Int32(x), Int32(y), Int32(width), Int32(height), &pixels,
            Int32(width), Int32(height), GDT_Byte, 0, Int32(line))
        guard status == CE_None else { throw .last() }
    }
}
