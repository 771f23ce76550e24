/// Brings polygons to the pixels of a scene.
///
/// Corners are reprojected, and so are points between them until edges follow the curves that straight
/// lines become, to a 20th of a pixel.
package struct AreaPlacement {
    package typealias Point = AreaOfInterest.Point

    /// A point in the polygons' system and in the scene's pixels.
    private struct Corner {
        var source: Point
        var pixel: Point
    }

    private(set) var edges: AreaEdges
    private let places: PixelPlaces
    private let width: Double
    private let height: Double
    /// The number of the polygon that is being added.
    private var polygon: Int32 = 0

    /// How far a part of an edge may lie from where it should, in pixels.
    private static let tolerance = 0.05
    /// How often an edge is halved at most, and how many edges there may be to go on halving.
    private static let deepest = 12
    private static let most = 2 * AreaOfInterest.mostCorners
    /// Pixels farther away than this are nowhere.
    private static let farthest = 1e12

    /// Nil for a transform that has no inverse.
    ///
    /// - Parameters:
    ///   - transform: GDAL's six numbers.
    ///   - width, height: of the scene's file.
    package init?(transform: [Double], width: Int, height: Int) {
        guard let places = PixelPlaces(transform: transform) else { return nil }
        self.places = places
        self.width = Double(width)
        self.height = Double(height)
        edges = AreaEdges(height: height)
    }

    /// Takes the polygons of a layer that may lie on the scene.
    ///
    /// - Parameter crs: of the scene, as WKT. Where it or the layer's is not known, the layer's
    ///   coordinates are taken for the scene's.
    /// - Returns: false if a corner of one of them has no place in the scene's system.
    mutating func add(_ layer: AreaOfInterest.Layer, crs: String?) -> Bool {
        addEach(layer, crs: crs)?.isEmpty ?? false
    }

    /// Takes those that have a place in the scene's system. Polygons are numbered as they come, from 0
    /// over all layers.
    ///
    /// - Parameter crs: of the scene, as in ``add(_:crs:)``.
    /// - Returns: the places in the layer of those that have none; nil if GDAL knows no way from one
    ///   system to the other.
    package mutating func addEach(_ layer: AreaOfInterest.Layer, crs: String?) -> [Int]? {
        var transformation: CoordinateTransformation?
        var surroundings: (low: Point, high: Point)?
        if let crs, let own = layer.crs, !Georeference.same(own, crs) {
            guard let forth = CoordinateTransformation(from: own, to: crs),
                let back = CoordinateTransformation(from: crs, to: own)
            else { return nil }
            transformation = forth
            surroundings = self.surroundings(by: back)
        }
        var placeless: [Int] = []
        for (number, rings) in layer.polygons.enumerated() {
            defer { polygon += 1 }
            // What lies elsewhere on Earth need not have a place in the scene's system.
            if let surroundings, !Self.meets(surroundings, layer.corners, rings) { continue }
            let outlines = rings.compactMap { ring in
                corners(Array(layer.corners[ring]), by: transformation)
            }
            guard outlines.count == rings.count else {
                placeless.append(number)
                continue
            }
            for corners in outlines {
                for index in corners.indices {
                    let before = corners[index == 0 ? corners.count - 1 : index - 1]
                    add(from: before, to: corners[index], by: transformation)
                }
            }
        }
        return placeless
    }

    /// Makes ``edges`` ready to be asked.
    package consuming func finish() -> AreaEdges {
        edges.sort()
        return edges
    }

    /// What points of the polygons' system are in pixels; nil if one is nowhere.
    private func corners(
        _ sources: [Point], by transformation: CoordinateTransformation?
    ) -> [Corner]? {
        var corners: [Corner] = []
        for (source, target) in zip(sources, transformation?.transform(sources) ?? sources) {
            let pixel = places.pixel(of: target)
            // Not a number is no less.
            guard abs(pixel.x) <= Self.farthest, abs(pixel.y) <= Self.farthest else { return nil }
            corners.append(Corner(source: source, pixel: pixel))
        }
        return corners
    }

    private mutating func add(
        from start: Corner, to end: Corner, by transformation: CoordinateTransformation?,
        depth: Int = 0
    ) {
        guard let transformation, depth < Self.deepest, edges.count < Self.most,
            isNear(start.pixel, end.pixel), let middle = bend(start, end, by: transformation)
        else {
            edges.add(from: start.pixel, to: end.pixel, polygon: polygon)
            return
        }
        add(from: start, to: middle, by: transformation, depth: depth + 1)
        add(from: middle, to: end, by: transformation, depth: depth + 1)
    }

    /// The middle of an edge that is not straight in the scene's system; nil for one that is.
    private func bend(
        _ start: Corner, _ end: Corner, by transformation: CoordinateTransformation
    ) -> Corner? {
        let (dx, dy) = (end.pixel.x - start.pixel.x, end.pixel.y - start.pixel.y)
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 1 else { return nil }
        // The middle of a curve like an S may lie where that of a line does.
        let sources = [0.3, 0.5, 0.7].map { share in
            Point(
                x: start.source.x + share * (end.source.x - start.source.x),
                y: start.source.y + share * (end.source.y - start.source.y))
        }
        guard let between = corners(sources, by: transformation) else { return nil }
        let isBent = between.contains { corner in
            let (x, y) = (corner.pixel.x - start.pixel.x, corner.pixel.y - start.pixel.y)
            return abs(x * dy - y * dx) > Self.tolerance * length
        }
        return isBent ? between[1] : nil
    }

    /// Whether a curve from one pixel to another may touch the scene.
    private func isNear(_ one: Point, _ other: Point) -> Bool {
        let reach = max(abs(one.x - other.x), abs(one.y - other.y))
        return min(one.x, other.x) - reach <= width && max(one.x, other.x) + reach >= 0
            && min(one.y, other.y) - reach <= height && max(one.y, other.y) + reach >= 0
    }

    /// A rectangle around the scene in the polygons' system; nil where that is not known.
    ///
    /// - Parameter transformation: from the scene's system.
    private func surroundings(
        by transformation: CoordinateTransformation
    ) -> (low: Point, high: Point)? {
        let steps = 32
        var points: [Point] = []
        for row in 0...steps {
            for column in 0...steps {
                let (x, y) = (
                    width * Double(column) / Double(steps), height * Double(row) / Double(steps)
                )
                points.append(places.place(column: x, row: y))
            }
        }
        let found = transformation.transform(points)
        guard found.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        let (xs, ys) = (found.map(\.x), found.map(\.y))
        guard let left = xs.min(), let right = xs.max(), let bottom = ys.min(), let top = ys.max()
        else { return nil }
        let (marginX, marginY) = ((right - left) / 8, (top - bottom) / 8)
        return (
            Point(x: left - marginX, y: bottom - marginY),
            Point(x: right + marginX, y: top + marginY)
        )
    }

    /// Whether the rectangle around a polygon meets another one.
    private static func meets(
        _ rectangle: (low: Point, high: Point), _ corners: [Point], _ rings: [Range<Int>]
    ) -> Bool {
        var (left, right) = (Double.infinity, -Double.infinity)
        var (bottom, top) = (Double.infinity, -Double.infinity)
        for corner in rings.first.map({ corners[$0] }) ?? [] {
            left = min(left, corner.x)
            right = max(right, corner.x)
            bottom = min(bottom, corner.y)
            top = max(top, corner.y)
        }
        return left <= rectangle.high.x && right >= rectangle.low.x
            && bottom <= rectangle.high.y && top >= rectangle.low.y
    }
}
