internal import CGDAL
import Glibc

/// Reads windows of one scene as physical values, for the bands that a model needs.
///
/// One thread at a time. GDAL is never asked for statistics, so it writes nothing beside the scene.
public final class SceneReader {
    public let path: String
    public let width: Int
    public let height: Int
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
    /// Bands in the file, also those that are not read.
    public let bandCount: Int

    /// Whether all values are whole numbers of at most 16 bits.
    var holdsWholeNumbers: Bool {
        rules.allSatisfy { $0.type != .float32 && $0.scale == 1 && $0.offset == 0 }
    }

    /// Whether a mask or alpha band tells which pixels are valid.
    var hasMask: Bool { !masks.isEmpty }

    let dataset: GDALDataset
    private let rules: [BandRule]
    private let masks: [Int]
    private var maskBytes: [UInt8] = []
    /// Whether pixels that no block holds are no data; found out at the first of them.
    private var missingIsNodata: Bool?

    /// Opens a scene and finds its bands.
    ///
    /// - Parameters:
    ///   - roles: what the model's bands show, in order.
    ///   - bands: the user's choice instead, from 1, one a role.
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    public init(path: String, roles: [BandRole], bands: [Int]? = nil) throws {
        precondition(!roles.isEmpty, "no bands asked for")
        let dataset = try SceneReader.open(path)
        let matching = BandMatching(bands: dataset.bandSummaries, roles: roles)
        let chosen: [Int]
        do {
            chosen = try matching.match(chosen: bands)
        } catch {
            throw bands == nil
                ? RasterError.bands(path: path, reason: error.reason)
                : .chosenBands(path: path, reason: error.reason)
        }
        var rules: [BandRule] = []
        for band in chosen { try rules.append(BandRule(dataset: dataset, band: band, path: path)) }
        self.path = path
        self.roles = roles
        self.bands = chosen
        self.rules = rules
        masks = dataset.maskBands(for: chosen)
        width = dataset.width
        height = dataset.height
        bandCount = dataset.bandCount
        sampleType = rules.map(\.type).max { $0.byteCount < $1.byteCount } ?? .uint8
        georeference = Georeference(of: dataset)
        blockSize = dataset.blockSize(band: chosen[0])
        largestBlockBytes = dataset.largestBlockBytes
        self.dataset = consume dataset
    }

    static func open(_ path: String) throws -> GDALDataset {
        guard !RemoteFile.isAddress(path) else {
            throw RasterError.notReadable(
                path: path, reason: "give it as “/vsicurl/\(path)”, so that it is read in parts")
        }
        let isFile = try checkFile(path)
        let dataset: GDALDataset
        do {
            dataset = try GDALDataset(reading: path)
        } catch {
            if isFile, let failure = error.fileError(path) ?? VRTParts.absent(of: path) {
                throw RasterError.unreadable(failure)
            }
            throw isFile
                ? RasterError.notARaster(path: path, reason: error.description)
                : .notReadable(path: path, reason: error.description)
        }
        guard dataset.bandCount > 0 else {
            throw RasterError.notARaster(path: path, reason: "it holds no bands of pixels itself")
        }
        return dataset
    }

    /// What can be told of a file before GDAL sees it.
    ///
    /// - Returns: false for GDAL's own names (`/vsicurl/…`, `NETCDF:…`), which are no files.
    private static func checkFile(_ path: String) throws -> Bool {
        do {
            let file = try InputFile(path)
            let name = FileName(path)
            if try name.hasEnding(".tif") || name.hasEnding(".tiff") || file.size == 0
                || TIFFCheck.byteOrder(of: file) != nil
            {
                try TIFFCheck.check(path)
            } else {
                try VRTCheck.checkSize(of: file)
            }
            return true
        } catch let error as FileError {
            if case .system = error.reason, path.hasPrefix("/vsi") || path.contains(":") {
                return false
            }
            throw RasterError.unreadable(error)
        }
    }

    /// Reads a window; what lies outside the scene is 0 and not valid.
    ///
    /// A pixel is invalid where a mask band or alpha says so, where a value is NaN or infinite, and
    /// where it has the nodata value: in any band, except for values that real data take too (0,
    /// and 255 in 8 bits), which must fill all bands read. One dark band is no hole.
    ///
    /// - Parameters:
    ///   - values: `(H, W, C)`, overwritten; the band's scale and offset are applied; 0 where
    ///     invalid.
    ///   - valid: `(H, W)`, overwritten; 1 for valid, else 0.
    /// - Returns: whether any pixel may be valid; nothing is decoded where it is known beforehand
    ///   that none is.
    /// - Throws: ``RasterError/damagedWindow(path:window:reason:)``.
    @discardableResult
    public func read(
        _ window: PixelWindow, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws(RasterError) -> Bool {
        let channels = bands.count
        precondition(
            values.count == window.count * channels && valid.count == window.count,
            "\(values.count) \(valid.count) for \(window)")
        let inside = window.clipped(toWidth: width, height: height)
        let first = (inside.y - window.y) * window.width + inside.x - window.x
        if inside != window { valid.update(repeating: 0) }
        var mayHaveData = inside.count > 0
        if mayHaveData { mayHaveData = try !isMissing(inside) }
        if mayHaveData {
            mayHaveData = try readMasks(inside, into: &valid, first: first, stride: window.width)
        }
        if inside != window || !mayHaveData { values.update(repeating: 0) }
        guard mayHaveData else {
            valid.update(repeating: 0)
            return false
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
        let isNodata = !judge(&values, at: 0)
        missingIsNodata = isNodata
        return isNodata
    }

    /// Whether a pixel's raw values are data; makes them physical.
    private func judge(_ values: inout MutableSpan<Float>, at index: Int) -> Bool {
        var missing = 0
        for (channel, rule) in rules.enumerated() {
            let value = values[index + channel]
            guard value.isFinite else { return false }
            if let nodata = rule.nodata {
                if value == nodata {
                    if rule.isAlone { return false }
                    missing += 1
                }
            }
            let physical = value * rule.scale + rule.offset
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

    /// Marks the pixels that all masks leave, before anything is decoded under them.
    ///
    /// - Returns: whether they leave any.
    private func readMasks(
        _ window: PixelWindow, into valid: inout MutableSpan<UInt8>, first: Int, stride: Int
    ) throws(RasterError) -> Bool {
        for row in 0..<window.height {
            let start = first + row * stride
            for pixel in start..<start + window.width { valid[pixel] = 1 }
        }
        for band in masks {
            try readMask(band, window)
            var any: UInt8 = 0
            for row in 0..<window.height {
                for column in 0..<window.width {
                    let mark = maskBytes[row * window.width + column]
                    if mark == 0 { valid[first + row * stride + column] = 0 }
                    any |= mark
                }
            }
            if any == 0 { return false }
        }
        return true
    }

    private func readMask(_ band: Int, _ window: PixelWindow) throws(RasterError) {
        if maskBytes.count < window.count {
            maskBytes = [UInt8](repeating: 0, count: window.count)
        }
        GDALError.reset()
        let mask = unsafe GDALGetMaskBand(GDALGetRasterBand(dataset.handle, Int32(band)))
        let status = unsafe GDALRasterIO(
            mask, GF_Read, Int32(window.x), Int32(window.y), Int32(window.width),
            Int32(window.height), &maskBytes, Int32(window.width), Int32(window.height), GDT_Byte,
            0, 0)
        guard status == CE_None else { throw damaged(window) }
    }

    private func damaged(_ window: PixelWindow) -> RasterError {
        .window(window, of: path, after: .last())
    }
}
