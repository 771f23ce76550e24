internal import CGDAL
import Glibc

extension Georeference {
    /// A place on WGS 84, in degrees.
    struct Geographic: Hashable, Sendable {
        var longitude: Double
        var latitude: Double

        /// How far east and north of here `other` is, in metres, if it is near.
        ///
        /// Source: Snyder, *Map Projections: A Working Manual* (1987), equations 4-18 and 4-20.
        func metres(to other: Geographic) -> (east: Double, north: Double) {
            let (a, e2) = (6_378_137.0, 0.006_694_379_990_14)
            let radian = Double.pi / 180
            let middle = (latitude + other.latitude) / 2 * radian
            let w = (1 - e2 * sin(middle) * sin(middle)).squareRoot()
            var turn = other.longitude - longitude
            turn -= 360 * (turn / 360).rounded()
            return (
                turn * radian * a / w * cos(middle),
                (other.latitude - latitude) * radian * a * (1 - e2) / (w * w * w)
            )
        }
    }

    /// Where places of the raster lie on WGS 84.
    ///
    /// - Parameter places: in pixels, from the outer corner of the upper left one.
    /// - Returns: nil without a reference system and a transform, and where GDAL knows no way from
    ///   the system to WGS 84 for all of them.
    func geographic(_ places: [(column: Double, row: Double)]) -> [Geographic]? {
        guard let crs, let t = transform else { return nil }
        GDAL.start
        var x = places.map { t[0] + $0.column * t[1] + $0.row * t[2] }
        var y = places.map { t[3] + $0.column * t[4] + $0.row * t[5] }
        let count = Int32(places.count)
        let done = unsafe Georeference.withSystem(crs, epoch: nil) { source in
            unsafe Georeference.withSystem("EPSG:4326", epoch: nil) { target in
                guard let way = unsafe OCTNewCoordinateTransformation(source, target) else {
                    return false
                }
                defer { unsafe OCTDestroyCoordinateTransformation(way) }
                return unsafe OCTTransform(way, count, &x, &y, nil) != 0
            }
        }
        // A pole at a raster's edge may be a rounding error away.
        guard done, zip(x, y).allSatisfy({ $0.isFinite && abs($1) < 90 + 1e-9 }) else {
            return nil
        }
        return zip(x, y).map { Geographic(longitude: $0, latitude: min(max($1, -90), 90)) }
    }

    /// Metres on the ground that the raster's central pixel is wide, whatever the reference system's
    /// own unit and distortion; nil if unknown.
    func pixelWidthMetres(width: Int, height: Int) -> Double? {
        let (column, row) = (Double(width) / 2, Double(height) / 2)
        guard let ends = geographic([(column - 0.5, row), (column + 0.5, row)]) else { return nil }
        let way = ends[0].metres(to: ends[1])
        let length = hypot(way.east, way.north)
        return length.isFinite && length > 0 ? length : nil
    }
}
