internal import CGDAL

/// Overviews: each pixel stands for the four below it.
///
/// Our own, because GDAL's take memory that grows with the raster's width and with the number of
/// threads (240 MB for 20000 pixels on two), and several times as long.
package enum MapOverviews {
    /// No overview is needed once both sides are this short: one block.
    private static let shortest = 512
    /// Pixels a side of what is written at a time.
    private static let part = 512

    /// Adds overviews to a dataset that was opened for writing.
    ///
    /// - Parameters:
    ///   - pooling: of samples of the dataset's type.
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked for each part.
    /// - Throws: ``GDALError`` or ``Interrupted``.
    static func build(
        in dataset: GDALDatasetH, pooling: some OverviewPooling,
        progress: (_ share: Double) -> Void, isCancelled: () -> Bool
    ) throws {
        let side = unsafe max(GDALGetRasterXSize(dataset), GDALGetRasterYSize(dataset))
        let bands = unsafe Int(GDALGetRasterCount(dataset))
        var levels: [Int32] = []
        while Int(side) >> levels.count > shortest {
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
        for band in 0..<bands {
            guard let base = unsafe GDALGetRasterBand(dataset, Int32(band + 1)) else {
                throw GDALError.last()
            }
            try unsafe fill(base, levels: levels.count, pooling: pooling) { share in
                if isCancelled() { throw Interrupted() }
                progress((Double(band) + share) / Double(bands))
            }
        }
    }

    /// Fills a band's overviews, each from the one before.
    private static func fill(
        _ base: GDALRasterBandH, levels: Int, pooling: some OverviewPooling,
        before row: (_ share: Double) throws -> Void
    ) throws {
        var source = unsafe base
        var done = 0.0
        for level in 0..<levels {
            guard let target = unsafe GDALGetOverview(base, Int32(level)) else {
                throw GDALError.last()
            }
            // Of all the work, a level is three quarters of what the levels before have left.
            let part = (1 - done) * 0.75
            try unsafe halve(source, into: target, pooling: pooling) { share in
                try row(done + part * share)
            }
            done += part
            unsafe source = target
        }
    }

    private static func halve<Pooling: OverviewPooling>(
        _ source: GDALRasterBandH, into target: GDALRasterBandH, pooling: Pooling,
        before row: (_ share: Double) throws -> Void
    ) throws {
        let from = unsafe (Int(GDALGetRasterBandXSize(source)), Int(GDALGetRasterBandYSize(source)))
        let to = unsafe (Int(GDALGetRasterBandXSize(target)), Int(GDALGetRasterBandYSize(target)))
        let nodata = pooling.nodata
        var large = [Pooling.Sample](repeating: nodata, count: 4 * part * part)
        var small = [Pooling.Sample](repeating: nodata, count: part * part)
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
                if isNodata(large.span, columns: columns, rows: rows, pooling) { continue }
                // Beyond the raster's last odd row or column there is no data.
                for row in 0..<rows where columns < 2 * width {
                    large[row * 2 * part + columns] = nodata
                }
                for column in 0..<2 * width where rows < 2 * height {
                    large[rows * 2 * part + column] = nodata
                }
                halve(large.span, into: &small, width: width, height: height, pooling: pooling)
                try unsafe transfer(target, GF_Write, x, y, width, height, &small, line: part)
            }
        }
    }

    private static func isNodata<Pooling: OverviewPooling>(
        _ large: Span<Pooling.Sample>, columns: Int, rows: Int, _ pooling: Pooling
    ) -> Bool {
        (0..<rows).allSatisfy { row in
            let first = row * 2 * part
            return (first..<first + columns).allSatisfy { pooling.isNodata(large[$0]) }
        }
    }

    private static func halve<Pooling: OverviewPooling>(
        _ large: Span<Pooling.Sample>, into small: inout [Pooling.Sample], width: Int,
        height: Int, pooling: Pooling
    ) {
        for y in 0..<height {
            for x in 0..<width {
                let first = 2 * y * 2 * part + 2 * x
                small[y * part + x] = pooling.pool(
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

    private static func transfer<Sample: RasterSample>(
        _ band: GDALRasterBandH, _ direction: GDALRWFlag, _ x: Int, _ y: Int, _ width: Int,
        _ height: Int, _ pixels: inout [Sample], line: Int
    ) throws(GDALError) {
        CPLErrorReset()
        let bytes = Sample.sampleType.byteCount
        let status = unsafe pixels.withUnsafeMutableBytes { buffer in
            unsafe GDALRasterIO(
                band, direction, Int32(x), Int32(y), Int32(width), Int32(height),
                buffer.baseAddress, Int32(width), Int32(height), Sample.sampleType.gdal,
                Int32(bytes), Int32(bytes * line))
        }
        guard status == CE_None else { throw .last() }
    }
}
