internal import CGDAL

/// Reads class numbers from the first band of a raster of any integer type.
///
/// One thread at a time.
public final class LabelReader {
    /// What stands for pixels without a class.
    public static let none: Int32 = -1

    public let path: String
    public let width: Int
    public let height: Int
    public let georeference: Georeference
    /// Names of the classes by value, where the raster has any.
    public let categories: [String]
    /// Colours by value, where the raster has a table of them: red, green, blue, 0…255.
    private let colours: [[UInt8]]
    private let dataset: GDALDataset
    private let nodata: Double?
    /// Whether a mask tells which pixels have a class.
    private let hasMask: Bool
    /// Of the file, in pixels.
    let blockSize: (width: Int, height: Int)

    /// Opens a raster of one band.
    ///
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    public init(path: String) throws {
        let dataset = try SceneReader.open(path)
        let band = unsafe GDALGetRasterBand(dataset.handle, 1)
        let type = unsafe GDALGetRasterDataType(band)
        guard [GDT_Byte, GDT_UInt16, GDT_Int16, GDT_UInt32, GDT_Int32].contains(type) else {
            let name = unsafe GDALGetDataTypeName(type).map { unsafe String(cString: $0) }
            throw RasterError.notLabels(
                path: path,
                reason: "its samples are of type \(name ?? "unknown"), and class numbers are "
                    + "integers of at most 32 bits")
        }
        guard dataset.bandCount == 1 else {
            throw RasterError.notLabels(
                path: path, reason: "it has \(dataset.bandCount) bands, and should have one")
        }
        try Sidecars.check(path, isUsedBy: dataset, bands: [1])
        self.path = path
        width = dataset.width
        height = dataset.height
        georeference = Georeference(of: dataset)
        var found: Int32 = 0
        let value = unsafe GDALGetRasterNoDataValue(band, &found)
        nodata = found != 0 ? value : nil
        hasMask = unsafe GDALGetMaskFlags(band) & (GMF_ALL_VALID | GMF_NODATA) == 0
        var (columns, rows) = (Int32(0), Int32(0))
        unsafe GDALGetBlockSize(band, &columns, &rows)
        blockSize = (max(1, Int(columns)), max(1, Int(rows)))
        var names: [String] = []
        var item = unsafe GDALGetRasterCategoryNames(band)
        while let entry = unsafe item?.pointee {
            unsafe names.append(String(cString: entry))
            unsafe item = item?.advanced(by: 1)
        }
        categories = names
        colours = unsafe Self.colours(of: GDALGetRasterColorTable(band))
        self.dataset = consume dataset
    }

    /// Names and colours by value, as far as the raster has them; ``Legend/unnamed(classes:)`` has the
    /// others.
    public var legend: Legend {
        var legend = Legend.unnamed(classes: max(categories.count, colours.count))
        for value in legend.entries.indices {
            legend.entries[value].name = value < categories.count ? categories[value] : ""
            if value < colours.count { legend.entries[value].colour = colours[value] }
        }
        return legend
    }

    /// Red, green and blue by value; nil without a table of colours.
    package var colourTable: [[UInt8]]? { colours.isEmpty ? nil : colours }

    private static func colours(of table: GDALColorTableH?) -> [[UInt8]] {
        guard let table = unsafe table else { return [] }
        let count = unsafe GDALGetColorEntryCount(table)
        return (0..<count).map { value in
            var entry = GDALColorEntry()
            unsafe GDALGetColorEntryAsRGB(table, value, &entry)
            return [entry.c1, entry.c2, entry.c3].map { UInt8(clamping: $0) }
        }
    }

    /// The labels of a window, ``none`` where the raster has no data; values beyond 31 bits too.
    ///
    /// - Precondition: the window lies in the raster.
    public func read(_ window: PixelWindow) throws(RasterError) -> [Int32] {
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        var values = [Double](repeating: 0, count: window.count)
        GDALError.reset()
        let status = unsafe GDALRasterIO(
            GDALGetRasterBand(dataset.handle, 1), GF_Read, Int32(window.x), Int32(window.y),
            Int32(window.width), Int32(window.height), &values, Int32(window.width),
            Int32(window.height), GDT_Float64, 0, 0)
        guard status == CE_None else {
            throw .window(window, of: path, after: .last())
        }
        if hasMask {
            var mask = [UInt8](repeating: 0, count: window.count)
            let status = unsafe GDALRasterIO(
                GDALGetMaskBand(GDALGetRasterBand(dataset.handle, 1)), GF_Read, Int32(window.x),
                Int32(window.y), Int32(window.width), Int32(window.height), &mask,
                Int32(window.width), Int32(window.height), GDT_Byte, 0, 0)
            guard status == CE_None else { throw .window(window, of: path, after: .last()) }
            for index in mask.indices where mask[index] == 0 { values[index] = .nan }
        }
        return values.map { value in
            value == nodata ? Self.none : Int32(exactly: value) ?? Self.none
        }
    }
}
