internal import CGDAL
import Glibc

/// Reads windows of one scene as physical values, for the bands that a model needs.
///
/// One thread at a time. GDAL is never asked for statistics, so it writes nothing beside the scene.
public final class SceneReader {
    public let path: String
    /// Of the file, in pixels.
    public let fileWidth: Int
    public let fileHeight: Int
    /// The grid that is read, where it is not the file's own.
    var grid: SceneGrid?
    /// Where the scene holds data at most.
    var area: AreaMask?
    /// Of the widest of the bands read.
    public let sampleType: SampleType
    public let georeference: Georeference
    /// Columns and rows of the blocks that the file is stored in.
    public let blockSize: (width: Int, height: Int)
    /// Bytes of the largest block once decoded, of all bands that are stored together.
    ///
    /// A reader needs about twice that at once; a caller with a memory limit checks it first.
    public let largestBlockBytes: Int
    /// The roles asked for, and the bands that have them, from 1.
    public let roles: [BandRole]
    public let bands: [Int]
    /// Why each of ``bands`` was taken for its role.
    let reasons: [BandMatching.Reason]
    /// Bands in the file, also those that are not read.
    public let bandCount: Int
    /// The STAC Item that describes the scene, if one does, and when it says that it was taken.
    let itemPath: String?
    let declaredTime: SceneTime?
    /// What tells which pixels hold data.
    public let validity: SceneValidity
    /// The units that samples are read in, one a band; 8-bit samples have none.
    public let units: [BandUnit]
    /// What users should know of the scene, as sentences: what is not read of it, and what was taken
    /// for granted.
    public let notes: [String]

    /// Of what is read, in pixels.
    public var width: Int { grid?.width ?? fileWidth }
    public var height: Int { grid?.height ?? fileHeight }

    /// Whether all values are whole numbers of at most 16 bits.
    var holdsWholeNumbers: Bool {
        grid == nil && rules.allSatisfy { $0.type != .float32 && $0.unit == .plain }
    }

    /// Whether reading any part of a row decodes all of it.
    var hasWholeRows: Bool { blockSize.width >= fileWidth }

    /// Bytes of the file's samples that a row is made of.
    var rowBytes: Int {
        let bytes = fileWidth * bandCount * sampleType.byteCount
        return Int(Double(bytes) * max(1, grid?.step ?? 1))
    }

    /// Whether a mask or alpha band tells which pixels are valid.
    var hasMask: Bool { validity.kind == .mask || !validity.alpha.isEmpty }

    let dataset: GDALDataset
    private let rules: [BandRule]
    private let samples: SampleReading
    private var maskValues: [Float] = []
    var scratch = FileScratch()
    /// Whether pixels that no block holds are no data; found out at the first of them.
    private var missingIsNodata: Bool?

    /// Opens a scene and finds its bands.
    ///
    /// - Parameters:
    ///   - roles: what the model's bands show, in order.
    ///   - bands: the user's choice instead, from 1, one a role.
    ///   - samples: how samples become values.
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    public init(
        path: String, roles: [BandRole], bands: [Int]? = nil, samples: SampleReading = .physical
    ) throws {
        precondition(!roles.isEmpty, "no bands asked for")
        let (stack, item) = try (SceneStack(path: path), SceneItem(path: path))
        var facts = SceneStack.Facts()
        let dataset: GDALDataset
        let matches: [(band: Int, reason: BandMatching.Reason)]
        var pages: ScenePages?
        if let item {
            matches = try item.match(roles, chosen: bands)
            var reading = SceneItem.Reading(bands: matches.map(\.band), roles: roles)
            reading.isRaw = if case .raw = samples { true } else { false }
            reading.isChosen = bands != nil
            dataset = try item.open(reading, &facts)
        } else {
            if let stack { dataset = try stack.open(&facts) } else { dataset = try Self.open(path) }
            var (summaries, sensor) = (dataset.bandSummaries, dataset.sensor)
            if bands == nil, let stack {
                do {
                    try stack.complete(&summaries, sensor: &sensor)
                } catch {
                    throw RasterError.bands(path: path, reason: error.reason)
                }
            }
            let matching = BandMatching(bands: summaries, roles: roles, sensor: sensor)
            pages = ScenePages(dataset)
            do {
                matches = try matching.match(chosen: bands)
            } catch {
                let reason = error.reason + (pages.map { "; \($0.description)" } ?? "")
                throw bands == nil
                    ? RasterError.bands(path: path, reason: reason)
                    : .chosenBands(path: path, reason: reason)
            }
        }
        let chosen = matches.map(\.band)
        let isOneFile = stack == nil && item == nil
        if isOneFile { try Sidecars.check(path, isUsedBy: dataset, bands: chosen) }
        var rules: [BandRule] = []
        for band in chosen { try rules.append(BandRule(dataset: dataset, band: band, path: path)) }
        self.path = path
        self.roles = roles
        self.bands = chosen
        // Bytes are scaled by what they can hold, whatever their unit is.
        for index in rules.indices where rules[index].type == .uint8 { rules[index].unit = .plain }
        if case .raw(let given) = samples {
            precondition(given == nil || given?.count == rules.count)
            for index in rules.indices { rules[index].unit = given?[index] ?? .plain }
        }
        units = rules.map(\.unit)
        self.rules = rules
        self.samples = samples
        reasons = matches.map(\.reason)
        validity = SceneValidity(dataset: dataset, bands: chosen)
        georeference = Georeference(of: dataset)
        notes =
            facts.notes + (item?.notes ?? [])
            + [
                stack?.note(roles: roles, bands: chosen),
                item?.note(roles: roles, bands: chosen),
                pages.map { "“\(path)”: \($0.description)." },
                BandMatching.note(path: path, roles: roles, matches: matches),
                Sidecars.warning(path), dataset.nodataNote(path),
                georeference.inGeoTIFF == georeference
                    ? nil
                    : "“\(path)” has control points beside its transform: maps keep the transform alone.",
            ].compactMap(\.self)
        fileWidth = dataset.width
        fileHeight = dataset.height
        // Of an item's many bands only these lie in open files.
        bandCount = item == nil ? dataset.bandCount : chosen.count
        declaredTime = item?.time
        itemPath = item?.path
        sampleType = rules.map(\.type).max { $0.byteCount < $1.byteCount } ?? .uint8
        blockSize = isOneFile ? dataset.blockSize(band: chosen[0]) : facts.blockSize
        largestBlockBytes = max(dataset.largestBlockBytes, facts.largestBlockBytes)
        self.dataset = consume dataset
    }

    /// Opens the same scene once more, to be read in the same way.
    convenience init(again scene: SceneReader) throws {
        try self.init(
            path: scene.path, roles: scene.roles, bands: scene.bands, samples: scene.samples)
        grid = scene.grid
        area = scene.area
    }

    /// Reads a window; what lies outside the scene is 0 and not valid.
    ///
    /// A pixel is invalid outside the area of interest, where a mask band or opacity says so, where a
    /// value is NaN or infinite, and, if there is no mask, where it has the nodata value: in any band,
    /// except for values that real data take too (0, and 255 in 8 bits), which must fill all bands
    /// read. One dark band is no hole.
    ///
    /// - Parameters:
    ///   - values: `(H, W, C)`, overwritten; the band's scale and offset are applied; 0 where
    ///     invalid.
    ///   - valid: `(H, W)`, overwritten; 1 for valid, 2 for a pixel of another grid that is made of
    ///     some that are valid and some that are not, else 0.
    /// - Returns: whether any pixel may be valid; nothing is decoded where it is known beforehand
    ///   that none is.
    /// - Throws: ``RasterError/damagedWindow(path:window:reason:)``.
    @discardableResult
    public func read(
        _ window: PixelWindow, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws(RasterError) -> Bool {
        precondition(
            values.count == window.count * bands.count && valid.count == window.count,
            "\(values.count) \(valid.count) for \(window)")
        guard let grid else { return try readFile(window, into: &values, valid: &valid) }
        try read(window, on: grid, into: &values, valid: &valid)
        for index in valid.indices where valid[index] != 0 { return true }
        return false
    }

    /// The same, of the file's own pixels.
    @discardableResult
    package func readFile(
        _ window: PixelWindow, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws(RasterError) -> Bool {
        let channels = bands.count
        let inside = window.clipped(toWidth: fileWidth, height: fileHeight)
        let wanted = inside.count == 0 ? nil : area?.marks(in: inside)
        let first = (inside.y - window.y) * window.width + inside.x - window.x
        if inside != window { valid.update(repeating: 0) }
        var mayHaveData = inside.count > 0 && (area == nil || wanted != nil)
        if mayHaveData { mayHaveData = try !isMissing(inside) }
        if mayHaveData {
            mayHaveData = try readMasks(inside, into: &valid, first: first, stride: window.width)
        }
        if inside != window || !mayHaveData { values.update(repeating: 0) }
        guard mayHaveData else {
            valid.update(repeating: 0)
            return false
        }
        if let wanted {
            for row in 0..<inside.height {
                for column in 0..<inside.width where wanted[row * inside.width + column] == 0 {
                    valid[first + row * window.width + column] = 0
                }
            }
        }
        try readValues(inside, into: &values, first: first, stride: window.width)
        var hasData = false
        for row in 0..<inside.height {
            let start = first + row * window.width
            for pixel in start..<start + inside.width {
                let range = pixel * channels..<(pixel + 1) * channels
                if valid[pixel] != 0 && judge(&values, at: range.lowerBound) {
                    hasData = true
                } else {
                    valid[pixel] = 0
                    for index in range { values[index] = 0 }
                }
            }
        }
        return hasData
    }

    /// Whether no block holds any of a window, and what none holds is no data.
    ///
    /// What that reads as is GDAL's to know: the nodata value, 0, or what a VRT says.
    func isMissing(_ window: PixelWindow) throws(RasterError) -> Bool {
        guard dataset.holdsNothing(of: bands, in: window) else { return false }
        if let missingIsNodata { return missingIsNodata }
        var pixel = [Float](repeating: 0, count: bands.count)
        var values = pixel.mutableSpan
        let corner = PixelWindow(x: window.x, y: window.y, width: 1, height: 1)
        try readValues(corner, into: &values, first: 0, stride: 1)
        var isNodata = !judge(&values, at: 0)
        if !isNodata, validity.kind == .nodataValues {
            try readMask(validity.masked[0], isMask: true, corner)
            isNodata = maskValues[0] == 0
        }
        missingIsNodata = isNodata
        return isNodata
    }

    /// Whether a pixel's raw values are data; makes them physical.
    private func judge(_ values: inout MutableSpan<Float>, at index: Int) -> Bool {
        var missing = 0
        let usesNodata = validity.masked.isEmpty
        for (channel, rule) in rules.enumerated() {
            let value = values[index + channel]
            guard value.isFinite else { return false }
            if usesNodata, rule.isNodata(value) {
                if rule.isAlone { return false }
                missing += 1
            }
            let physical = value * rule.unit.scale + rule.unit.offset
            guard physical.isFinite else { return false }
            values[index + channel] = physical
        }
        return missing < rules.count
    }

    private func readValues(
        _ window: PixelWindow, into values: inout MutableSpan<Float>, first: Int, stride: Int
    ) throws(RasterError) {
        let channels = bands.count
        let bytes = MemoryLayout<Float>.stride
        var map = bands.map(Int32.init)
        GDALError.reset()
        let status = unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe GDALDatasetRasterIOEx(
                dataset.handle, GF_Read, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), buffer.baseAddress.map { unsafe $0 + first * channels },
                Int32(window.width), Int32(window.height), GDT_Float32, Int32(channels), &map,
                GSpacing(bytes * channels), GSpacing(bytes * channels * stride), GSpacing(bytes),
                nil)
        }
        guard status == CE_None else { throw damaged(window) }
    }

    /// Marks the pixels that all masks and opacity leave, before anything is decoded under them.
    ///
    /// - Returns: whether they leave any.
    private func readMasks(
        _ window: PixelWindow, into valid: inout MutableSpan<UInt8>, first: Int, stride: Int
    ) throws(RasterError) -> Bool {
        for row in 0..<window.height {
            let start = first + row * stride
            for pixel in start..<start + window.width { valid[pixel] = 1 }
        }
        for (bands, isMask) in [(validity.masked, true), (validity.alpha, false)] {
            for band in bands {
                try readMask(band, isMask: isMask, window)
                var leavesAny = false
                for row in 0..<window.height {
                    for column in 0..<window.width {
                        // Opacity may be NaN.
                        if maskValues[row * window.width + column] > 0 {
                            leavesAny = true
                        } else {
                            valid[first + row * stride + column] = 0
                        }
                    }
                }
                if !leavesAny { return false }
            }
        }
        return true
    }

    /// - Parameter isMask: whether the band's mask is wanted, or the band itself.
    private func readMask(
        _ number: Int, isMask: Bool, _ window: PixelWindow
    ) throws(RasterError) {
        if maskValues.count < window.count {
            maskValues = [Float](repeating: 0, count: window.count)
        }
        GDALError.reset()
        let band = unsafe GDALGetRasterBand(dataset.handle, Int32(number))
        let status = unsafe GDALRasterIO(
            isMask ? GDALGetMaskBand(band) : band, GF_Read, Int32(window.x), Int32(window.y),
            Int32(window.width), Int32(window.height), &maskValues, Int32(window.width),
            Int32(window.height), GDT_Float32, 0, 0)
        guard status == CE_None else { throw damaged(window) }
    }

    private func damaged(_ window: PixelWindow) -> RasterError {
        .window(window, of: path, after: .last())
    }
}

/// How samples become values.
public enum SampleReading: Hashable, Sendable {
    /// As the file says of their unit; 8-bit samples as they lie.
    case physical
    /// As they lie, or in these units in place of the file's.
    case raw([BandUnit]?)
}
