import Glibc

/// The outline of a raster on WGS 84: its four sides, with more corners where they are not straight
/// in degrees.
struct Footprint: Hashable, Sendable {
    /// Corners as longitude and latitude, anticlockwise (RFC 7946); the last one is the first.
    let ring: [[Double]]
    /// West, south, east, north.
    let box: [Double]

    /// Parts of a side at most: on a side of 100 km, corners lie 1.6 km apart.
    private static let parts = 64

    /// An outline that is nowhere more than half a pixel beside the true one, as far as 65 corners a
    /// side can do that.
    ///
    /// - Returns: nil if the place is not known, and for what lies across the 180th meridian or
    ///   round a pole, which no single polygon in degrees can show.
    init?(of georeference: Georeference, width: Int, height: Int) {
        guard let points = Self.outline(of: georeference, width: width, height: height) else {
            return nil
        }
        let tolerance = Self.smallestPixel(points, width: width, height: height) / 2
        var step = Self.parts
        while step > 1 && Self.strays(points, every: step, beyond: tolerance) { step /= 2 }
        var ring = stride(from: 0, to: points.count, by: step).map {
            [Self.rounded(points[$0].longitude), Self.rounded(points[$0].latitude)]
        }
        if Self.isClockwise(ring) { ring = [ring[0]] + ring.dropFirst().reversed() }
        self.ring = ring + [ring[0]]
        box = [
            ring.map { $0[0] }.min() ?? 0, ring.map { $0[1] }.min() ?? 0,
            ring.map { $0[0] }.max() ?? 0, ring.map { $0[1] }.max() ?? 0,
        ]
    }

    /// Four times ``parts`` points from the upper left corner down and round, whose longitudes do
    /// not jump.
    private static func outline(
        of georeference: Georeference, width: Int, height: Int
    ) -> [Georeference.Geographic]? {
        let (width, height) = (Double(width), Double(height))
        let corners = [(0.0, 0.0), (0.0, height), (width, height), (width, 0.0)]
        var places: [(column: Double, row: Double)] = []
        for (index, from) in corners.enumerated() {
            let to = corners[(index + 1) % corners.count]
            for part in 0..<parts {
                let share = Double(part) / Double(parts)
                places.append(
                    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share))
            }
        }
        guard var points = georeference.geographic(places) else { return nil }
        for index in points.indices.dropFirst() {
            let turn = points[index].longitude - points[index - 1].longitude
            points[index].longitude -= 360 * (turn / 360).rounded()
        }
        // Round a pole the last point is a whole turn away from the first.
        guard abs(points[points.count - 1].longitude - points[0].longitude) < 180 else {
            return nil
        }
        let west = points.map(\.longitude).min() ?? 0
        let turns = 360 * ((west + 180) / 360).rounded(.down)
        for index in points.indices { points[index].longitude -= turns }
        guard points.allSatisfy({ $0.longitude <= 180 + 1e-9 }) else { return nil }
        return points
    }

    /// The least side in metres that a pixel has along the outline.
    private static func smallestPixel(
        _ points: [Georeference.Geographic], width: Int, height: Int
    ) -> Double {
        points.indices.reduce(Double.infinity) { least, index in
            let way = points[index].metres(to: points[(index + 1) % points.count])
            let pixels = Double(index / parts % 2 == 0 ? height : width) / Double(parts)
            return min(least, hypot(way.east, way.north) / pixels)
        }
    }

    /// Whether some point is farther than `tolerance` metres from the straight line between those
    /// that are kept before and after it.
    private static func strays(
        _ points: [Georeference.Geographic], every step: Int, beyond tolerance: Double
    ) -> Bool {
        for start in stride(from: 0, to: points.count, by: step) {
            let end = points[(start + step) % points.count]
            for index in start + 1..<start + step {
                // Plane coordinates with the point as origin.
                let from = points[index].metres(to: points[start])
                let to = points[index].metres(to: end)
                let (x, y) = (to.east - from.east, to.north - from.north)
                let length = x * x + y * y
                let along = length > 0 ? -(from.east * x + from.north * y) / length : 0
                let share = min(max(along, 0), 1)
                let distance = hypot(from.east + share * x, from.north + share * y)
                if distance > tolerance { return true }
            }
        }
        return false
    }

    /// By the area that it encloses.
    private static func isClockwise(_ ring: [[Double]]) -> Bool {
        var area = 0.0
        for (index, from) in ring.enumerated() {
            let to = ring[(index + 1) % ring.count]
            area += (from[0] - ring[0][0]) * (to[1] - ring[0][1])
            area -= (to[0] - ring[0][0]) * (from[1] - ring[0][1])
        }
        return area < 0
    }

    /// To 10⁻⁸ of a degree, about a millimetre; never a negative zero.
    private static func rounded(_ degrees: Double) -> Double {
        (degrees * 1e8).rounded() / 1e8 + 0
    }
}
