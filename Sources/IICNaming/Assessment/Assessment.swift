package import IICInfer

/// How right a map is, by points whose class a person tells.
package struct Assessment: Sendable {
    package let strata: MapStrata
    /// Of the columns of the error matrix: the strata's, then those that only the reference has.
    package let titles: [String]
    package let estimate: StratifiedEstimate
    package let exclusions: PointExclusions
    /// What had to be taken for granted, and where it is weak, as sentences.
    package let notes: [String]

    /// Assesses a map by the points of a vector file.
    ///
    /// - Parameter field: holds the true class, a number or a name of the map's.
    /// - Throws: ``AssessmentError``, ``VectorError``, ``FileError``, ``Interrupted`` or what reading
    ///   the map throws.
    package init(
        map: LabelReader, points path: String, field: String, isCancelled: () -> Bool = { false }
    ) throws {
        let raster = PointRaster(map)
        let reader = try PointReader(path: path, field: field)
        var points = try reader.pixels(on: raster)
        let labels = try points.labels(in: map)
        points.keep(where: labels.map { $0 >= 0 }, otherwise: .noData)
        guard !points.pixels.isEmpty else {
            throw AssessmentError.noPoints(
                points: path, map: map.path, exclusions: points.exclusions.sentence,
                hasPlace: map.georeference.transform != nil)
        }
        let strata = try MapStrata(counting: map, isCancelled: isCancelled)
        var classes = ReferenceClasses(strata: strata, map: map)
        let used = Set(points.pixels.map(\.name))
        var columns: [Int32: Int] = [:]
        for name in used.sorted() {
            columns[name] = try classes.place(of: points.names[Int(name)])
        }
        guard columns.values.contains(where: { $0 < strata.strata.count }) else {
            throw AssessmentError.noMatch(
                points: path, map: map.path, names: used.sorted().map { points.names[Int($0)] },
                classes: strata.strata.map(\.name))
        }
        var index = ClassIndex()
        for stratum in strata.strata { _ = index.insert(stratum.value) }
        var counts = strata.strata.map { _ in [Int](repeating: 0, count: classes.titles.count) }
        for (pixel, label) in zip(points.pixels, labels.filter { $0 >= 0 }) {
            guard let row = index[label], let column = columns[pixel.name] else { continue }
            counts[row][column] += 1
        }
        self.strata = strata
        titles = classes.titles
        estimate = StratifiedEstimate(sizes: strata.sizes, counts: counts)
        exclusions = points.exclusions
        notes =
            points.notes + Self.origin(of: reader.metadata(MapSample.item), strata: strata)
            + Self.polygons(points)
            + Self.weaknesses(strata: strata, estimate: estimate, titles: titles)
    }

    /// Square metres of a hectare.
    private static let hectare = 10_000.0

    /// Whether areas are in hectares; else they are in pixels.
    package var isInHectares: Bool { strata.strata.allSatisfy { $0.squareMetres != nil } }

    /// What an area is multiplied by to be in hectares or pixels.
    private var unit: Double { isInHectares ? 1 / Self.hectare : 1 }

    package func area(_ j: Int) -> Estimate { estimate.area(j).scaled(by: unit) }

    /// As the map has it; nil for a class that it does not have.
    package func mappedArea(_ j: Int) -> Double? {
        j < estimate.sizes.count ? estimate.sizes[j] * unit : nil
    }

    package var points: Int { estimate.counts.reduce(0) { $0 + $1.reduce(0, +) } }

    static func origin(of item: String?, strata: MapStrata) -> [String] {
        guard let item else {
            return [
                """
                The points were not drawn by iicd: the intervals hold if they lie at random within each \
                of the map's classes.
                """
            ]
        }
        return MapSample.isOf(strata, item: item)
            ? []
            : [
                """
                The sample was drawn from another map, or from another version of this one: its points \
                do not lie at random within this map's classes, so estimates may be off. Draw a sample \
                for this map.
                """
            ]
    }

    private static func polygons(_ points: PointPixels) -> [String] {
        let count = points.pixels.count { $0.source == .polygon }
        return count == 0
            ? []
            : [
                """
                \(count) of the pixels are from polygons: those of one polygon are alike, so the true \
                intervals are wider.
                """
            ]
    }

    private static func weaknesses(
        strata: MapStrata, estimate: StratifiedEstimate, titles: [String]
    ) -> [String] {
        var notes: [String] = []
        let places = strata.strata.indices
        let none = places.filter { estimate.points($0) == 0 }
        if !none.isEmpty {
            let share = none.reduce(0) { $0 + estimate.sizes[$1] } / estimate.sizes.reduce(0, +)
            notes.append(
                """
                No points lie on what is mapped as \(list(none.map { titles[$0] })): \
                \(percent(share, digits: 1)) of the map is not assessed, and areas are those of the rest.
                """)
        }
        let single = places.filter { estimate.points($0) == 1 }
        if !single.isEmpty {
            notes.append(
                """
                Only one point lies on what is mapped as \(list(single.map { titles[$0] })): intervals \
                take the worst for it. Add points there.
                """)
        }
        let new = titles.indices.dropFirst(strata.strata.count)
        if !new.isEmpty {
            notes.append("Not on the map, but found by points: \(list(new.map { titles[$0] })).")
        }
        return notes
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(12).map { "“\(AssessmentError.line($0))”" }.joined(separator: ", ")
            + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }
}
