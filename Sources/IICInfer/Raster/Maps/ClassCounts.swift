internal import CGDAL

/// How many pixels of a map each class has, and on how many square metres; counted while it is
/// written, since reading it once more takes longer.
struct ClassCounts {
    private(set) var pixels = [Int](repeating: 0, count: 256)
    private let area: PixelArea?
    private let width: Int
    /// Areas of every value in 2⁻²⁰ m², where pixels' areas change from row to row: whole numbers,
    /// so that the sum does not depend on the order of windows.
    private var areas = [Int128](repeating: 0, count: 256)
    /// Whether a row has no area.
    private var isUnknown = false

    init(width: Int, georeference: Georeference) {
        self.width = width
        area = PixelArea(georeference)
    }

    /// Counts a window's labels, `(H, W)`.
    mutating func add(_ labels: Span<UInt8>, window: PixelWindow) {
        if labels.isAll(MapWriter.nodata) {
            pixels[Int(MapWriter.nodata)] += window.count
            return
        }
        guard let area, area.everywhere == nil else {
            for index in labels.indices { pixels[Int(labels[index])] += 1 }
            return
        }
        for row in 0..<window.height {
            var found = [Int](repeating: 0, count: 256)
            for index in row * window.width..<(row + 1) * window.width {
                found[Int(labels[index])] += 1
            }
            let line = window.y + row
            let metres = area.squareMetres(rows: line..<line + 1, width: width)
            if metres == nil { isUnknown = true }
            // No pixel on Earth has more than 5.2 · 10¹⁴ m².
            let units = Int128(min(metres ?? 0, 1e15) * 0x1p20)
            for value in 0..<256 where found[value] > 0 {
                pixels[value] += found[value]
                areas[value] += Int128(found[value]) * units
            }
        }
    }

    /// Square metres of every value; nil where the place is not known.
    var squareMetres: [Double]? {
        guard let area, !isUnknown else { return nil }
        if let each = area.everywhere { return pixels.map { Double($0) * each } }
        return areas.map { Double($0) * 0x1p-20 }
    }

    /// Gives a map, open for reading, its names and attribute table: GDAL keeps them in `.aux.xml`.
    func attach(
        to map: borrowing GDALDataset, legend: Legend
    ) {
        let band = unsafe GDALGetRasterBand(map.handle, 1)
        unsafe withStringList(legend.entries.map(\.name)) { names in
            _ = unsafe GDALSetRasterCategoryNames(band, names)
        }
        let table = unsafe GDALCreateRasterAttributeTable()
        defer { unsafe GDALDestroyRasterAttributeTable(table) }
        let areas = squareMetres
        unsafe GDALRATCreateColumn(table, "Value", GFT_Integer, GFU_MinMax)
        unsafe GDALRATCreateColumn(table, "Class", GFT_String, GFU_Name)
        unsafe GDALRATCreateColumn(table, "Red", GFT_Integer, GFU_Red)
        unsafe GDALRATCreateColumn(table, "Green", GFT_Integer, GFU_Green)
        unsafe GDALRATCreateColumn(table, "Blue", GFT_Integer, GFU_Blue)
        // 2³¹ pixels and more do not fit in GDAL's integer columns; a real one is exact to 2⁵³.
        unsafe GDALRATCreateColumn(table, "Pixels", GFT_Real, GFU_PixelCount)
        // A real cell cannot be blank, so an unknown area is an empty text.
        let kind = areas == nil ? GFT_String : GFT_Real
        unsafe GDALRATCreateColumn(table, "SquareMetres", kind, GFU_Generic)
        unsafe GDALRATCreateColumn(table, "Hectares", kind, GFU_Generic)
        for (value, entry) in legend.entries.enumerated() {
            let row = Int32(value)
            unsafe GDALRATSetValueAsInt(table, row, 0, row)
            unsafe GDALRATSetValueAsString(table, row, 1, entry.name)
            for (index, part) in entry.colour.prefix(3).enumerated() {
                unsafe GDALRATSetValueAsInt(table, row, Int32(2 + index), Int32(part))
            }
            unsafe GDALRATSetValueAsDouble(table, row, 5, Double(pixels[value]))
            if let areas {
                unsafe GDALRATSetValueAsDouble(table, row, 6, areas[value])
                unsafe GDALRATSetValueAsDouble(table, row, 7, areas[value] / 10_000)
            }
        }
        unsafe GDALSetDefaultRAT(band, table)
    }
}
