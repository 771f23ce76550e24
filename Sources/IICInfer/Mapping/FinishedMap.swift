internal import CGDAL

/// What a finished map and the attribute table beside it say of it.
package struct FinishedMap: Sendable, Hashable {
    /// A row of the table.
    package struct Class: Sendable, Hashable {
        package var name: String
        /// Red, green, blue.
        package var colour: [UInt8]
        package var pixels: Int
        /// Nil where the place is not known.
        package var squareMetres: Double?
    }

    /// In pixels.
    package let width: Int
    package let height: Int
    package let provenance: MapProvenance
    package let classes: [Class]

    package var nodataPixels: Int { width * height - classes.reduce(0) { $0 + $1.pixels } }

    /// Nil if there is no whole map at `path`, or no whole table beside it.
    package init?(_ path: String) {
        guard let provenance = MapProvenance(file: path),
            let map = try? SceneReader.open(path), map.bandCount == 1,
            let table = unsafe GDALGetDefaultRAT(GDALGetRasterBand(map.handle, 1))
        else { return nil }
        // As ``ClassCounts`` writes them.
        let columns = ["Class", "Red", "Green", "Blue", "Pixels", "SquareMetres"]
        guard unsafe GDALRATGetColumnCount(table) > columns.count else { return nil }
        let names = (1...6).map { unsafe String(cString: GDALRATGetNameOfCol(table, $0)) }
        guard names == columns else { return nil }
        let hasAreas = unsafe GDALRATGetTypeOfCol(table, 6) == GFT_Real
        let rows = unsafe GDALRATGetRowCount(table)
        classes = (0..<rows).map { row in
            unsafe Class(
                name: String(cString: GDALRATGetValueAsString(table, row, 1)),
                colour: (2...4).map {
                    UInt8(clamping: unsafe GDALRATGetValueAsInt(table, row, $0))
                },
                pixels: Int(GDALRATGetValueAsDouble(table, row, 5).clamped(to: 0...0x1p62)),
                squareMetres: hasAreas ? GDALRATGetValueAsDouble(table, row, 6) : nil)
        }
        (width, height) = (map.width, map.height)
        self.provenance = provenance
        // A sum of what it claims could overflow.
        var left = width * height
        for entry in classes {
            left -= entry.pixels
            if left < 0 { return nil }
        }
    }
}

extension Double {
    /// The nearest number of `limits`; the least for a NaN.
    fileprivate func clamped(to limits: ClosedRange<Double>) -> Double {
        self > limits.lowerBound ? Swift.min(self, limits.upperBound) : limits.lowerBound
    }
}
