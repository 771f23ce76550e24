internal import CGDAL

/// One open file of a stack.
final class StackPart {
    let path: String
    let dataset: GDALDataset
    let width: Int
    let height: Int
    let georeference: Georeference
    /// The band that holds data; a second one of opacity may stand beside it.
    let band: Int
    /// Whether it has a mask, beside which its nodata value does not count.
    let hasMask: Bool
    /// Whether it has that or opacity.
    let isMasked: Bool
    /// What is read in its place where it must be brought to another grid, or where it is masked: a
    /// band of data, and one of opacity if it is masked.
    private(set) var warped: GDALDataset?

    /// - Throws: what opening throws, or ``StackError/bands(path:count:)``.
    init(path: String) throws {
        let dataset = try SceneReader.open(path)
        let bands = dataset.dataBands
        guard bands.count == 1 else {
            throw StackError.bands(path: path, count: dataset.bandCount)
        }
        let validity = SceneValidity(dataset: dataset, bands: bands)
        self.path = path
        width = dataset.width
        height = dataset.height
        georeference = Georeference(of: dataset)
        band = bands[0]
        hasMask = !validity.masked.isEmpty
        isMasked = hasMask || !validity.alpha.isEmpty
        self.dataset = consume dataset
    }

    var handle: GDALRasterBandH? { unsafe GDALGetRasterBand(dataset.handle, Int32(band)) }

    /// The band to read on the grid that it was brought to, or that of its opacity there.
    func source(ofOpacity isOpacity: Bool = false) -> GDALRasterBandH? {
        if warped == nil { return isOpacity ? nil : unsafe handle }
        return unsafe GDALGetRasterBand(warped?.handle, isOpacity ? 2 : 1)
    }

    /// Brings it to the grid of the finest part, if it lies elsewhere, and makes opacity of a mask.
    ///
    /// GDAL's virtual warp computes whole blocks of a grid of its own, so values do not depend on the
    /// window that is read.
    ///
    /// - Throws: ``StackError``
    func place(on finest: StackPart, isElsewhere: Bool) throws(StackError) {
        guard isElsewhere || isMasked else { return }
        guard band == 1 else {
            throw .failed(path: path, reason: "its first band is one of opacity")
        }
        var arguments = ["-of", "VRT", "-et", "0", "-ovr", "NONE"]
        if isElsewhere, let t = finest.georeference.transform {
            let (right, bottom) = (
                t[0] + Double(finest.width) * t[1], t[3] + Double(finest.height) * t[5]
            )
            arguments += ["-r", "bilinear", "-te"] + [t[0], bottom, right, t[3]].map { "\($0)" }
        } else {
            // Pixel by pixel, wherever they lie.
            arguments += [
                "-r", "near", "-to", "SRC_METHOD=NO_GEOTRANSFORM", "-to",
                "DST_METHOD=NO_GEOTRANSFORM", "-te", "0", "0", "\(width)", "\(height)",
            ]
        }
        arguments += ["-ts", "\(finest.width)", "\(finest.height)"]
        if isMasked { arguments += ["-srcnodata", "None", "-dstalpha"] }
        GDALError.reset()
        let options = unsafe withStringList(arguments) { unsafe GDALWarpAppOptionsNew($0, nil) }
        guard let options = unsafe options else {
            throw .failed(path: path, reason: GDALError.last().description)
        }
        defer { unsafe GDALWarpAppOptionsFree(options) }
        var sources: [GDALDatasetH?] = unsafe [dataset.handle]
        guard let handle = unsafe GDALWarp("", nil, 1, &sources, options, nil) else {
            throw .failed(path: path, reason: GDALError.last().description)
        }
        warped = unsafe GDALDataset(owning: handle)
    }

    /// Of a pixel, in the reference system's units; what has no transform is one.
    var pixelArea: Double {
        georeference.transform.map { abs($0[1] * $0[5] - $0[2] * $0[4]) } ?? 1
    }

    /// Whether its pixels must be brought to those of the finest part.
    ///
    /// - Throws: ``StackError`` if that cannot be.
    func isElsewhere(than finest: StackPart) throws(StackError) -> Bool {
        guard Georeference.same(georeference.crs, finest.georeference.crs) else {
            throw .systems(
                path: path, system: Self.name(of: georeference), other: finest.path,
                otherSystem: Self.name(of: finest.georeference))
        }
        guard let own = georeference.transform, let target = finest.georeference.transform else {
            guard georeference.transform == finest.georeference.transform else {
                let (path, other) =
                    georeference.transform == nil ? (finest.path, path) : (path, finest.path)
                throw .place(path: path, other: other)
            }
            guard (width, height) == (finest.width, finest.height) else {
                throw .grids(
                    path: path, other: finest.path,
                    reason: "it has \(width) × \(height) pixels, not "
                        + "\(finest.width) × \(finest.height), and no transform")
            }
            return false
        }
        // Where the corners of the finest part lie in this one's pixels.
        let determinant = own[1] * own[5] - own[2] * own[4]
        func place(_ column: Int, _ row: Int) -> (x: Double, y: Double) {
            let (column, row) = (Double(column), Double(row))
            let x = target[0] + column * target[1] + row * target[2] - own[0]
            let y = target[3] + column * target[4] + row * target[5] - own[3]
            return (
                (x * own[5] - y * own[2]) / determinant, (y * own[1] - x * own[4]) / determinant
            )
        }
        let (first, last) = (place(0, 0), place(finest.width, finest.height))
        let (right, lower) = (place(finest.width, 0), place(0, finest.height))
        func isNear(_ place: (x: Double, y: Double), _ x: Double, _ y: Double) -> Bool {
            abs(place.x - x) < 0.01 && abs(place.y - y) < 0.01
        }
        let (columns, rows) = (Double(width), Double(height))
        if (width, height) == (finest.width, finest.height), isNear(first, 0, 0),
            isNear(last, columns, rows), isNear(right, columns, 0), isNear(lower, 0, rows)
        {
            return false
        }
        let isUpright = own[2] == 0 && own[4] == 0 && target[2] == 0 && target[4] == 0
        guard isUpright, target[1] > 0, target[5] < 0, last.x > first.x, last.y > first.y else {
            throw .grids(
                path: path, other: finest.path,
                reason: "its pixels lie elsewhere, and those of one of them are turned or mirrored")
        }
        // Up to half a pixel of the finer grid is rounding.
        let (spareX, spareY) = (
            (last.x - first.x) / Double(finest.width) / 2,
            (last.y - first.y) / Double(finest.height) / 2
        )
        guard first.x >= -spareX, first.y >= -spareY, last.x <= columns + spareX,
            last.y <= rows + spareY
        else {
            throw .grids(
                path: path, other: finest.path, reason: "it covers another area, which is smaller")
        }
        return true
    }

    private static func name(of georeference: Georeference) -> String {
        georeference.crs == nil
            ? "no reference system" : georeference.crsName ?? "a system without a name"
    }
}
