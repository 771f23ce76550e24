internal import CGDAL
import Glibc

/// Files beside a scene that change what it says, and that GDAL passes over when they are damaged.
enum Sidecars {
    /// The names of a file and of those that lie beside it and are its own, by which GDAL finds them
    /// without a listing of the folder.
    static func siblings(of path: String) -> [String] {
        let name = path.pathName
        let folder = AtomicFile.folder(of: path)
        let stem = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[..<$0]) } ?? name
        let endings = ["tfw", "tifw", "tiffw", "j2w", "jp2w", "wld"]
        let names =
            [".aux.xml", ".msk", ".msk.ovr", ".ovr"].map { name + $0 }
            + (endings + endings.map { $0.uppercased() }).map { "\(stem).\($0)" }
        var status = stat()
        return [name] + names.filter { PathCalls.status("\(folder)/\($0)", &status) == 0 }
    }

    /// Refuses a scene whose mask (`NAME.msk`) is there and cannot be read: GDAL would read it as one
    /// that has none.
    static func check(_ path: String) throws(RasterError) {
        let mask = path + ".msk"
        do throws(FileError) {
            guard try FileStamp(mask) != nil else { return }
        } catch {
            throw .unreadable(error)
        }
        do throws(TIFFCheckError) {
            try TIFFCheck.check(mask)
        } catch {
            switch error {
            case .unreadable(let error): throw .unreadable(error)
            case .notATIFF(_, let reason), .damaged(_, let reason):
                throw .mask(path: mask, reason: reason)
            case .truncated(_, let expected, let actual):
                throw .mask(path: mask, reason: "it has \(actual) of at least \(expected) bytes")
            }
        }
    }

    /// Refuses a scene with a mask (`NAME.msk`) that is not read for the bands that are: GDAL passes
    /// over one that it cannot open, or that does not tell whose mask it is.
    ///
    /// - Parameter bands: that are read as data.
    static func check(
        _ path: String, isUsedBy dataset: borrowing GDALDataset, bands: [Int]
    ) throws(RasterError) {
        let mask = path + ".msk"
        guard (try? FileStamp(mask)) != nil else { return }
        var unmasked = false
        for number in bands {
            let band = unsafe GDALGetRasterBand(dataset.handle, Int32(number))
            let flags = unsafe GDALGetMaskFlags(band)
            guard flags & (GMF_ALL_VALID | GMF_NODATA | GMF_ALPHA) == 0 else {
                unmasked = true
                continue
            }
            let own = unsafe GDALGetMaskBand(band)
            let (width, height) = unsafe (
                Int(GDALGetRasterBandXSize(own)), Int(GDALGetRasterBandYSize(own))
            )
            guard width == dataset.width && height == dataset.height else {
                throw .mask(
                    path: mask,
                    reason: "it has \(width) × \(height) pixels, and the scene "
                        + "\(dataset.width) × \(dataset.height)")
            }
            // The one mask of all bands.
            if flags & GMF_PER_DATASET != 0 { return }
        }
        guard !unmasked else {
            throw .mask(
                path: mask,
                reason:
                    "GDAL takes it for no mask: it needs a compression that GDAL knows, and the "
                    + "metadata items INTERNAL_MASK_FLAGS_1 and so on")
        }
    }

    /// What a user should know of a `NAME.aux.xml` that GDAL passes over; nil if there is none or it
    /// is whole.
    static func warning(_ path: String) -> String? {
        let sidecar = path + ".aux.xml"
        guard let file = try? InputFile(sidecar) else { return nil }
        GDAL.start
        if file.size > 0, let root = unsafe sidecar.withCPath({ unsafe CPLParseXMLFile($0) }) {
            unsafe CPLDestroyXMLNode(root)
            return nil
        }
        return """
            “\(sidecar)” is cut off or damaged and is not used: what it says of the scene (place, \
            band names, nodata, scale) is lost. Copy it again, or remove it.
            """
    }
}
