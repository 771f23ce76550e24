package import IICInfer

/// The classes of a map as the strata of a sample: how many pixels each has, and on what area.
package struct MapStrata: Sendable, Equatable {
    package struct Stratum: Sendable, Equatable {
        /// Its number in the map.
        package var value: Int32
        package var name: String
        /// Red, green, blue; nil where the map has no colours.
        package var colour: [UInt8]?
        package var pixels: Int
        /// Nil where the map's place is not known.
        package var squareMetres: Double?
    }

    /// More different numbers are no classes.
    package static let most = 1000

    /// By number.
    package let strata: [Stratum]
    /// Of the whole map, those without a class too.
    package let pixels: Int

    /// Counts the pixels of a whole map, block by block. Negative numbers are no class.
    ///
    /// - Throws: ``AssessmentError``, ``Interrupted`` or what reading throws.
    package init(counting map: LabelReader, isCancelled: () -> Bool = { false }) throws {
        let area = PixelArea(map.georeference)
        var index = ClassIndex()
        var counts: [Int] = []
        var metres: [Double] = []
        var isKnown = area != nil
        try map.eachWindow { window in
            if isCancelled() { throw Interrupted() }
            let labels = try map.read(window)
            let rows = area == nil || area?.everywhere != nil ? window.height : 1
            for start in stride(from: 0, to: window.height, by: rows) {
                var found = [Int](repeating: 0, count: index.values.count)
                for label in labels[start * window.width..<(start + rows) * window.width]
                where label >= 0 {
                    let place = index.insert(label)
                    if place == found.count {
                        guard place < Self.most else {
                            throw AssessmentError.tooManyClasses(map: map.path)
                        }
                        found.append(0)
                        counts.append(0)
                        metres.append(0)
                    }
                    found[place] += 1
                }
                let line = window.y + start
                let each = area?.squareMetres(rows: line..<line + rows, width: map.width)
                isKnown = isKnown && each != nil
                for (place, count) in found.enumerated() {
                    counts[place] += count
                    metres[place] += Double(count) * (each ?? 0)
                }
            }
        }
        guard !counts.isEmpty else { throw AssessmentError.emptyMap(map: map.path) }
        let legend = map.legend.entries
        strata = index.values.indices.sorted { index.values[$0] < index.values[$1] }.map { place in
            let value = index.values[place]
            let entry = Int(value) < legend.count ? legend[Int(value)] : nil
            let pixels = counts[place]
            return Stratum(
                value: value,
                name: entry.map(\.name).flatMap { $0.isEmpty ? nil : $0 } ?? "\(value)",
                colour: entry?.colour, pixels: pixels,
                squareMetres: !isKnown
                    ? nil
                    : area?.everywhere.map { $0 * Double(pixels) } ?? metres[place])
        }
        pixels = map.width * map.height
    }

    /// Of those with a class.
    package var classifiedPixels: Int { strata.reduce(0) { $0 + $1.pixels } }

    /// What tables call a stratum: by its number too, where others have its name.
    package func title(_ i: Int) -> String {
        let name = strata[i].name
        return strata.count { $0.name == name } == 1 ? name : "\(name) (\(strata[i].value))"
    }

    /// Shares of the classified area: of pixels where areas are not known.
    package var sizes: [Double] {
        let areas = strata.compactMap(\.squareMetres)
        return areas.count == strata.count ? areas : strata.map { Double($0.pixels) }
    }
}

/// The places of classes' numbers in the order in which they came.
struct ClassIndex: Sendable {
    private(set) var values: [Int32] = []
    private var small = [Int32](repeating: -1, count: 65_536)
    private var large: [Int32: Int32] = [:]

    /// The place of a number, 0 or more, which gets one if it has none.
    mutating func insert(_ value: Int32) -> Int {
        if let place = self[value] { return place }
        if Int(value) < small.count {
            small[Int(value)] = Int32(values.count)
        } else {
            large[value] = Int32(values.count)
        }
        values.append(value)
        return values.count - 1
    }

    subscript(value: Int32) -> Int? {
        guard value >= 0 else { return nil }
        if Int(value) >= small.count { return large[value].map { Int($0) } }
        return small[Int(value)] >= 0 ? Int(small[Int(value)]) : nil
    }
}
