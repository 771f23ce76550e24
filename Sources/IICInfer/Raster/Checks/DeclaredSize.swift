internal import CGDAL

/// Whether a scene's pixels are in its files, or only claimed by a few lines of them.
///
/// What a file holds in blocks of its own is meant, however well it is compressed: deflate makes
/// 1,000 bytes out of one, Zstandard and LERC far more, where all pixels are equal. Missing blocks
/// that are no data cost nothing. What is left, zeros that nobody has stored and parts of a VRT that
/// are drawn larger than they are, may come to 1,000 times the bytes that are there.
enum DeclaredSize {
    /// Bytes of pixels that one byte of a file may claim.
    static let mostPerByte = 1000.0

    /// - Throws: ``DeclaredSizeError``, or ``FileError`` for a part of a VRT that cannot be read now.
    static func check(_ scene: SceneReader) throws {
        let declared = bytes(of: scene.dataset, bands: scene.itemPath == nil ? nil : scene.bands)
        func isHeld(by files: [String]) -> Bool {
            declared <= mostPerByte
                * files.reduce(0) { $0 + (GDAL.fileSize($1).map(Double.init) ?? 0) }
        }
        // Most scenes end here, and VRT files before their parts are opened.
        if isHeld(by: [scene.path]) || isHeld(by: scene.dataset.ownFiles) { return }
        let files = try SceneReader.files(of: scene.path, bands: scene.bands)
        let sizes = files.compactMap { GDAL.fileSize($0).map(Double.init) }
        // What comes from a service has no files whose bytes could be counted.
        guard !sizes.isEmpty else { return }
        let present = sizes.reduce(0, +)
        guard try claimed(by: scene, declared, files: files) > mostPerByte * present else { return }
        throw DeclaredSizeError(
            path: scene.path, width: scene.fileWidth, height: scene.fileHeight,
            bands: scene.bandCount,
            declared: declared, present: present)
    }

    /// Bytes of all pixels, of these bands or of all.
    private static func bytes(of dataset: borrowing GDALDataset, bands: [Int]? = nil) -> Double {
        var pixel = 0
        for number in bands ?? Array(1...max(1, dataset.bandCount)) {
            let band = unsafe GDALGetRasterBand(dataset.handle, Int32(number))
            let type = unsafe GDALGetRasterDataType(band)
            pixel += Int(GDALGetDataTypeSizeBytes(type))
        }
        return Double(dataset.width) * Double(dataset.height) * Double(pixel)
    }

    /// Bytes of pixels that would be mapped and that nothing vouches for.
    private static func claimed(
        by scene: SceneReader, _ declared: Double, files: [String]
    ) throws -> Double {
        let band = scene.bands[0]
        let stored = scene.dataset.heldShare(of: band) ?? TIFFCheck.storedShare(scene.path)
        guard let held = stored else { return declared }
        var missing = 1 - held
        if missing > 0, let block = scene.dataset.missingBlock(of: band),
            try scene.isMissing(block)
        {
            missing = 0
        }
        if scene.dataset.isVRT {
            // A stack is no file itself: all that it has are parts.
            let parts = SceneStack(path: scene.path) == nil ? files.dropFirst() : files[...]
            return max(0, declared * (held + missing) - vouched(by: parts))
        }
        if TIFFCheck.sharesBlocks(scene.path) { return declared * (held + missing) }
        // Under a mask's own missing blocks nothing is mapped, and the others are stored.
        return scene.hasMask ? 0 : declared * missing
    }

    /// Bytes of the pixels that the parts of a VRT hold, or of those that are no data there.
    private static func vouched(by parts: ArraySlice<String>) -> Double {
        parts.reduce(0) { sum, path in
            guard let part = try? GDALDataset(reading: path), !part.isVRT,
                let held = part.heldShare(of: 1) ?? TIFFCheck.storedShare(path),
                !TIFFCheck.sharesBlocks(path)
            else { return sum }
            var hasNodata: Int32 = 0
            _ = unsafe GDALGetRasterNoDataValue(GDALGetRasterBand(part.handle, 1), &hasNodata)
            return sum + bytes(of: part) * (hasNodata != 0 ? 1 : held)
        }
    }
}

/// A scene that claims more pixels than its files can hold.
public struct DeclaredSizeError: UserError, Equatable {
    public var path: String
    public var width: Int
    public var height: Int
    public var bands: Int
    /// Bytes of the pixels, and of the files.
    public var declared: Double
    public var present: Double

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        """
        “\(path)” claims \(width) × \(height) pixels of \(bands) bands, \(Self.text(declared)), but \
        its files hold \(Self.text(present)): what is not stored would be mapped as zeros. Give \
        --force if that is meant, or a nodata value to the file if it is not.
        """
    }

    private static func text(_ bytes: Double) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var (value, unit) = (bytes, 0)
        while value >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(Int(bytes)) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
