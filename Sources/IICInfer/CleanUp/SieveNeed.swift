/// What GDAL's sieve takes of memory for one map.
///
/// GDAL numbers *fragments* as it goes from row to row: one for each pixel that has another label than
/// those to its left and above it. Fragments that meet further down become one patch. For each of them
/// it keeps six numbers of 32 bits. Source: `GDALSieveFilter` and `GDALRasterPolygonEnumerator` of
/// GDAL 3.6.
struct SieveNeed: Hashable, Sendable {
    /// GDAL counts fragments in 32 bits, and doubles its arrays.
    static let mostFragments = 1 << 30

    /// Of the map, in pixels.
    var width: Int
    var fragments: Int

    /// Bytes, GDAL's least cache apart.
    var bytes: Int { 24 * fragments + 21 * width + cacheBytes }

    /// Bytes of the blocks that a row of pixels lies in: GDAL goes row by row, and blocks that its
    /// cache cannot hold would be read anew for each.
    var cacheBytes: Int { (width + 511) / 512 * (512 * 512 + 128) }

    /// The fragments that begin in a row.
    ///
    /// - Parameters:
    ///   - labels: 255 for no data, which is in no fragment.
    ///   - above: the row before; one without data for a map's first row.
    static func fragments(of labels: Span<UInt8>, above: Span<UInt8>) -> Int {
        precondition(above.count == labels.count, "\(above.count) \(labels.count)")
        let nodata = MapWriter.nodata
        var count = 0
        var left = nodata
        for column in 0..<labels.count {
            let label = labels[column]
            if label != left && label != above[column] && label != nodata { count += 1 }
            left = label
        }
        return count
    }
}
