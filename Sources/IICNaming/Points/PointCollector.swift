import IICInfer

/// Brings the features of a vector file to the pixels of a raster, layer by layer.
struct PointCollector {
    private let raster: PointRaster
    private let path: String
    private let grid: MapGrid
    private let places: PixelPlaces
    private let pixelsPerPolygon: Int

    private var names: [String] = []
    private var numbers: [String: Int32] = [:]
    private var found: [PointPixels.Pixel] = []
    private var exclusions = PointExclusions()
    private var notes: [String] = []

    private var layer: Int32 = 0
    /// From the layer's system to the raster's; nil if they are the same.
    private var transformation: CoordinateTransformation?
    /// Points of the layer that wait for being transformed, and what is known of them.
    private var waiting: [AreaOfInterest.Point] = []
    private var waitingPixels: [PointPixels.Pixel] = []
    private var polygons: AreaOfInterest.Layer
    /// What is known of each polygon: of this layer, and of those before it.
    private var polygonPixels: [PointPixels.Pixel] = []
    private var layerPolygonPixels: [PointPixels.Pixel] = []
    private var placement: AreaPlacement

    private static let atOnce = 8192

    init(raster: PointRaster, path: String, pixelsPerPolygon: Int) throws(VectorError) {
        self.raster = raster
        self.path = path
        self.pixelsPerPolygon = pixelsPerPolygon
        grid = raster.grid
        guard let places = PixelPlaces(transform: grid.transform),
            let placement = AreaPlacement(
                transform: grid.transform, width: raster.width, height: raster.height)
        else { throw .notTransformable(path: path, raster: raster.path) }
        self.places = places
        self.placement = placement
        polygons = AreaOfInterest.Layer(crs: nil)
    }

    mutating func begin(layer: Int, crs: String?) throws(VectorError) {
        self.layer = Int32(layer)
        polygons = AreaOfInterest.Layer(crs: crs)
        layerPolygonPixels = []
        transformation = nil
        guard let target = grid.crs else {
            if crs != nil {
                note(
                    """
                    “\(raster.path)” has no reference system: the coordinates of “\(path)” are taken \
                    for the raster's, as they lie.
                    """)
            }
            return
        }
        guard let crs else {
            polygons = AreaOfInterest.Layer(crs: target)
            return note(
                """
                “\(path)” names no reference system: its coordinates are taken for those of \
                “\(raster.path)”.
                """)
        }
        guard !Georeference(crs: crs).hasSystem(of: Georeference(crs: target)) else { return }
        transformation = CoordinateTransformation(from: crs, to: target)
        guard transformation != nil else {
            throw .notTransformable(path: path, raster: raster.path)
        }
    }

    private mutating func note(_ sentence: String) {
        if !notes.contains(sentence) { notes.append(sentence) }
    }

    /// - Parameter field: the name of the one that holds the class.
    mutating func add(_ feature: VectorFeature, field: String) throws(VectorError) {
        let count = max(1, feature.points.count + feature.polygons.polygonEnds.count)
        let text = PointReader.trimmed(feature.texts[0] ?? "")
        guard !text.isEmpty else { return exclusions.count(.noClass, count) }
        guard text.utf8.count <= PointReader.mostNameBytes else {
            return exclusions.count(.longClass, count)
        }
        if feature.hasNonNumbers { exclusions.count(.notFinite) }
        if feature.hasOthers { exclusions.count(.noShape) }
        if feature.points.isEmpty && feature.polygons.polygonEnds.isEmpty {
            if !feature.hasNonNumbers && !feature.hasOthers { exclusions.count(.noPlace) }
            return
        }
        var pixel = PointPixels.Pixel(
            x: 0, y: 0, name: try number(of: text, field: field), source: .point, layer: layer,
            feature: feature.id)
        for point in feature.points {
            waiting.append(point)
            waitingPixels.append(pixel)
        }
        if waiting.count >= Self.atOnce { try placePoints() }
        guard !feature.polygons.polygonEnds.isEmpty else { return }
        pixel.source = .polygon
        polygons.append(feature.polygons)
        layerPolygonPixels += feature.polygons.polygonEnds.map { _ in pixel }
        guard polygons.corners.count + polygonPixels.count <= PointReader.most else {
            throw .tooLarge(path: path)
        }
    }

    private mutating func number(of name: String, field: String) throws(VectorError) -> Int32 {
        // Texts that are equal to Swift may differ in bytes; then they are still one class.
        if let number = numbers[name] { return number }
        guard names.count < PointReader.mostNames else {
            throw .tooManyNames(path: path, field: field, most: PointReader.mostNames)
        }
        numbers[name] = Int32(names.count)
        names.append(name)
        return Int32(names.count - 1)
    }

    private mutating func placePoints() throws(VectorError) {
        let targets = transformation?.transform(waiting) ?? waiting
        for (target, pixel) in zip(targets, waitingPixels) {
            let place = places.pixel(of: target)
            guard place.x.isFinite, place.y.isFinite else {
                exclusions.count(.placeless)
                continue
            }
            guard place.x >= 0, place.y >= 0, place.x < Double(raster.width),
                place.y < Double(raster.height)
            else {
                exclusions.count(.outside)
                continue
            }
            var placed = pixel
            (placed.x, placed.y) = (Int32(place.x), Int32(place.y))
            found.append(placed)
        }
        waiting.removeAll(keepingCapacity: true)
        waitingPixels.removeAll(keepingCapacity: true)
        guard found.count <= PointReader.most else { throw .tooLarge(path: path) }
    }

    mutating func endLayer() throws(VectorError) {
        try placePoints()
        guard let placeless = placement.addEach(polygons, crs: grid.crs) else {
            throw .notTransformable(path: path, raster: raster.path)
        }
        exclusions.count(.placeless, placeless.count)
        for index in placeless { layerPolygonPixels[index].name = -1 }
        polygonPixels += layerPolygonPixels
    }

    consuming func finish() throws(VectorError) -> PointPixels {
        let edges = placement.finish()
        guard edges.crossings <= PointReader.mostCrossings else { throw .tooLarge(path: path) }
        var sizes = [Int](repeating: 0, count: polygonPixels.count)
        Self.eachRun(of: edges, in: raster) { _, columns, polygon in
            sizes[polygon] += columns.count
        }
        for (polygon, size) in sizes.enumerated() where size == 0 {
            // Those that have no place are counted.
            if polygonPixels[polygon].name >= 0 { exclusions.count(.outside) }
        }
        let total = sizes.reduce(found.count) { $0 + min($1, pixelsPerPolygon) }
        guard total <= PointReader.most else { throw .tooLarge(path: path) }
        var samples = sizes.map { PolygonSample(size: $0, count: pixelsPerPolygon) }
        Self.eachRun(of: edges, in: raster) { row, columns, polygon in
            samples[polygon].take(columns) { column in
                var pixel = polygonPixels[polygon]
                (pixel.x, pixel.y) = (Int32(column), Int32(row))
                found.append(pixel)
            }
        }
        return PointPixels(names: names, found: found, exclusions: exclusions, notes: notes)
    }

    /// Polygons' runs of pixels, by rows.
    private static func eachRun(
        of edges: AreaEdges, in raster: PointRaster, _ body: (Int, Range<Int>, Int) -> Void
    ) {
        for y in stride(from: 0, to: raster.height, by: 256) {
            let window = PixelWindow(
                x: 0, y: y, width: raster.width, height: min(256, raster.height - y))
            edges.runs(in: window) { row, columns, polygon in
                body(row, columns, polygon)
                return true
            }
        }
    }
}

extension PointReader {
    /// Without blanks and line breaks around it.
    static func trimmed(_ text: String) -> String {
        func isBlank(_ letter: Character) -> Bool { letter.isWhitespace || letter == "\0" }
        return String(
            text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
