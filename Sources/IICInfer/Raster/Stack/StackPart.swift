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
    /// The raw value that means no data, where something else than the file says so.
    var nodata: Double?
    /// The band of opacity, if there is one.
    private let alpha: Int?
    /// What is read in its place where it is masked or must be brought to another grid: a band of data,
    /// and one of opacity if it is masked.
    private var placed: GDALDataset?

    /// - Throws: what opening throws, or ``StackError/bands(path:count:)``.
    convenience init(path: String) throws {
        let dataset = try SceneReader.open(path)
        let bands = dataset.dataBands
        guard bands.count == 1 else {
            throw StackError.bands(path: path, count: dataset.bandCount)
        }
        try self.init(path: path, dataset: dataset, band: bands[0])
    }

    /// One band of an open file, from 1, which the file must have.
    init(path: String, dataset: consuming GDALDataset, band: Int) throws {
        let bands = [band]
        try Sidecars.check(path, isUsedBy: dataset, bands: bands)
        let validity = SceneValidity(dataset: dataset, bands: bands)
        self.path = path
        width = dataset.width
        height = dataset.height
        georeference = Georeference(of: dataset)
        self.band = band
        hasMask = !validity.masked.isEmpty
        alpha = validity.alpha.first
        isMasked = hasMask || alpha != nil
        self.dataset = consume dataset
    }

    var handle: GDALRasterBandH? { unsafe GDALGetRasterBand(dataset.handle, Int32(band)) }

    /// The band to read on the grid of the stack, or that of its opacity there.
    func source(ofOpacity isOpacity: Bool = false) -> GDALRasterBandH? {
        if placed == nil { return isOpacity ? nil : unsafe handle }
        return unsafe GDALGetRasterBand(placed?.handle, isOpacity ? 2 : 1)
    }

    /// Makes a band of opacity of a mask, and brings all to the grid of the finest part.
    ///
    /// - Throws: ``StackError``
    func place(on finest: StackPart, isElsewhere: Bool) throws(StackError) {
        // GDAL's warp takes all bands of a file.
        if isMasked || isElsewhere && dataset.bandCount > 1 { placed = try alone() }
        if isElsewhere { placed = try warped(onto: finest) }
    }

    /// The same pixels as a band of data and, where they are masked, one of opacity.
    private func alone() throws(StackError) -> GDALDataset {
        let opacity = hasMask ? "mask,\(band)" : alpha.map { "\($0)" }
        let arguments =
            ["-of", "VRT", "-mask", "none", "-b", "\(band)"] + (opacity.map { ["-b", $0] } ?? [])
        GDALError.reset()
        let made = unsafe withStringList(arguments) { unsafe GDALTranslateOptionsNew($0, nil) }
        guard let options = unsafe made else { throw failure() }
        defer { unsafe GDALTranslateOptionsFree(options) }
        guard let handle = unsafe GDALTranslate("", dataset.handle, options, nil) else {
            throw failure()
        }
        if opacity != nil {
            unsafe GDALSetRasterColorInterpretation(GDALGetRasterBand(handle, 2), GCI_AlphaBand)
        }
        return unsafe GDALDataset(owning: handle)
    }

    /// All bands, with values between the centres of its pixels.
    ///
    /// GDAL's virtual warp computes whole blocks of a grid of its own, so values do not depend on the
    /// window that is read.
    private func warped(onto finest: StackPart) throws(StackError) -> GDALDataset {
        guard let t = finest.georeference.transform else { throw failure() }
        let (right, bottom) = (
            t[0] + Double(finest.width) * t[1], t[3] + Double(finest.height) * t[5]
        )
        let arguments =
            ["-of", "VRT", "-et", "0", "-ovr", "NONE", "-r", "bilinear", "-te"]
            + [t[0], bottom, right, t[3]].map { "\($0)" }
            + ["-ts", "\(finest.width)", "\(finest.height)"]
            // What opacity hides has no part in the values beside it.
            + (isMasked
                ? ["-srcnodata", "None", "-dstalpha"]
                : nodata.map { ["-srcnodata", "\($0)", "-dstnodata", "\($0)"] } ?? [])
        GDALError.reset()
        let made = unsafe withStringList(arguments) { unsafe GDALWarpAppOptionsNew($0, nil) }
        guard let options = unsafe made else { throw failure() }
        defer { unsafe GDALWarpAppOptionsFree(options) }
        let source: GDALDatasetH? =
            if placed == nil { unsafe dataset.handle } else { unsafe placed?.handle }
        var sources = unsafe [source]
        guard let handle = unsafe GDALWarp("", nil, 1, &sources, options, nil) else {
            throw failure()
        }
        return unsafe GDALDataset(owning: handle)
    }

    /// What GDAL has just said.
    private func failure() -> StackError {
        .failed(path: path, reason: GDALError.last().description)
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
