/// Where the corners of a map's pixels lie on the ground.
package struct MapGrid: Sendable {
    /// The reference system of the coordinates, as WKT; nil for none.
    package let crs: String?
    let epoch: Double?
    package let transform: [Double]

    /// A map without a transform has its columns to the right and its rows downwards, −1 a row: where
    /// QGIS shows such a map.
    package init(_ georeference: Georeference) {
        // A system says nothing of columns and rows.
        let hasPlace = georeference.transform != nil
        crs = hasPlace ? georeference.crs : nil
        epoch = hasPlace ? georeference.epoch : nil
        transform = georeference.transform ?? [0, 1, 0, 0, 0, -1]
    }

    /// Whether what goes with the clock in the map's rows and columns does so on the ground, where y
    /// goes up.
    var keepsTurns: Bool {
        transform[1] * transform[5] - transform[2] * transform[4] < 0
    }

    /// The centre of a pixel, counted from 0.
    package func centre(x: Int, y: Int) -> (x: Double, y: Double) {
        let (column, row, t) = (Double(x) + 0.5, Double(y) + 0.5, transform)
        return (t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5])
    }

    func place(_ corner: Patch.Corner) -> (x: Double, y: Double) {
        let (column, row, t) = (Double(corner.x), Double(corner.y), transform)
        return (t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5])
    }
}
