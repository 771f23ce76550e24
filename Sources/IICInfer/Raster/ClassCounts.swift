internal import CGDAL

/// How many pixels of a map each class has, and on how many square metres; counted while it is
/// written, since reading it once more takes longer.
struct ClassCounts {
    /// Rows that share one pixel area, because on geographic systems it changes with the row.
    private static let bandRows = 512

    private(set) var pixels = [Int](repeating: 0, count: 256)
    /// `(bands of rows, 256)`.
    private var bands: [Int]
    private let width: Int
    private let height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bands = [Int](repeating: 0, count: (height + Self.bandRows - 1) / Self.bandRows * 256)
    }

    /// Counts a window's labels, `(H, W)`.
    mutating func add(_ labels: Span<UInt8>, window: PixelWindow) {
        for row in 0..<window.height {
            let band = (window.y + row) / Self.bandRows * 256
            for index in row * window.width..<(row + 1) * window.width {
                let value = Int(labels[index])
                bands[band + value] += 1
                pixels[value] += 1
            }
        }
    }

    /// Counts a window that holds one value only.
    mutating func add(_ value: UInt8, window: PixelWindow) {
        for row in window.y..<window.y + window.height {
            bands[row / Self.bandRows * 256 + Int(value)] += window.width
        }
        pixels[Int(value)] += window.count
    }

    /// Square metres of every value; nil where the place is not known.
    func squareMetres(_ georeference: Georeference) -> [Double]? {
        var result = [Double](repeating: 0, count: 256)
        for (index, top) in stride(from: 0, to: height, by: Self.bandRows).enumerated() {
            let rows = top..<min(top + Self.bandRows, height)
            guard let area = georeference.pixelAreaSquareMetres(rows: rows, width: width)
            else { return nil }
            for value in 0..<256 { result[value] += Double(bands[index * 256 + value]) * area }
        }
        return result
    }

    /// Gives a map, open for reading, its names and attribute table: GDAL keeps them in `.aux.xml`.
    func attach(
        to map: borrowing GDALDataset, legend: Legend, georeference: Georeference
    ) {
        let band = unsafe GDALGetRasterBand(map.handle, 1)
        unsafe withStringList(legend.entries.map(\.name)) { names in
            _ = unsafe GDALSetRasterCategoryNames(band, names)
        }
        let table = unsafe GDALCreateRasterAttributeTable()
        defer { unsafe GDALDestroyRasterAttributeTable(table) }
        let areas = squareMetres(georeference)
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
