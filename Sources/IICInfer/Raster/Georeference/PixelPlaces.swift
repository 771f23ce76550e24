/// Which pixels of a raster places on the ground lie in, in the raster's reference system.
package struct PixelPlaces: Sendable {
    package typealias Point = AreaOfInterest.Point

    private let transform: [Double]
    private let determinant: Double

    /// - Parameter transform: GDAL's six numbers; nil for those that have no inverse.
    package init?(transform: [Double]) {
        determinant = transform[1] * transform[5] - transform[2] * transform[4]
        guard determinant != 0, determinant.isFinite else { return nil }
        self.transform = transform
    }

    /// Columns and rows from the outer corner of the upper left pixel; not finite for what is not.
    package func pixel(of place: Point) -> Point {
        let (x, y) = (place.x - transform[0], place.y - transform[3])
        let isUpright = transform[2] == 0 && transform[4] == 0
        return Point(
            x: isUpright ? x / transform[1] : (x * transform[5] - y * transform[2]) / determinant,
            y: isUpright ? y / transform[5] : (y * transform[1] - x * transform[4]) / determinant)
    }

    /// The place of a column and a row.
    package func place(column: Double, row: Double) -> Point {
        let t = transform
        return Point(
            x: t[0] + column * t[1] + row * t[2], y: t[3] + column * t[4] + row * t[5])
    }
}
