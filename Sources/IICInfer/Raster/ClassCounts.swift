internal import CGDAL

/// How many pixels of a map each class has, and on how many square metres.
struct ClassCounts {
    /// Rows that share one pixel area, and the columns read at once.
    private static let block = (rows: 512, columns: 4096)

    private(set) var pixels = [Int](repeating: 0, count: 256)
    /// Pixels a band of rows, because on geographic systems a pixel's area changes with the row.
    private var bands: [(rows: Range<Int>, pixels: [Int])] = []
    private let width: Int

    /// Counts the labels of a whole map, block by block.
    init(labels: GDALDatasetH?, width: Int, height: Int) throws(GDALError) {
        self.width = width
        let band = unsafe GDALGetRasterBand(labels, 1)
        var buffer = [UInt8](repeating: 0, count: Self.block.rows * min(Self.block.columns, width))
        for top in stride(from: 0, to: height, by: Self.block.rows) {
            let rows = min(Self.block.rows, height - top)
            var counts = [Int](repeating: 0, count: 256)
            for left in stride(from: 0, to: width, by: Self.block.columns) {
                let columns = min(Self.block.columns, width - left)
                CPLErrorReset()
                let status = unsafe GDALRasterIO(
                    band, GF_Read, Int32(left), Int32(top), Int32(columns), Int32(rows), &buffer,
                    Int32(columns), Int32(rows), GDT_Byte, 0, 0)
                guard status == CE_None else { throw .last() }
                for index in 0..<rows * columns { counts[Int(buffer[index])] += 1 }
            }
            for value in 0..<256 { pixels[value] += counts[value] }
            bands.append((top..<top + rows, counts))
        }
    }

    /// Square metres of every value; nil where the place is not known.
    func squareMetres(_ georeference: Georeference) -> [Double]? {
        var result = [Double](repeating: 0, count: 256)
        for band in bands {
            guard
                let area = georeference.pixelAreaSquareMetres(rows: band.rows, width: width)
            else { return nil }
            for value in 0..<256 { result[value] += Double(band.pixels[value]) * area }
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
