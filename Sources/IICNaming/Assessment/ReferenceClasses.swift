import IICInfer

/// Which class of a map the texts of a reference mean: a name as it is, else in either case, else a
/// number.
struct ReferenceClasses {
    /// Titles of the map's strata, then of the classes that only the reference has.
    private(set) var titles: [String]
    private let strata: MapStrata
    private let map: LabelReader

    init(strata: MapStrata, map: LabelReader) {
        self.strata = strata
        self.map = map
        titles = strata.strata.indices.map { strata.title($0) }
    }

    /// The place of a class in ``titles``, which gets one if it has none.
    mutating func place(of text: String) throws(AssessmentError) -> Int {
        if let place = try known(text) { return place }
        // A class of the map's legend that no pixel has.
        let entry =
            map.categories.firstIndex(of: text)
            ?? map.categories.firstIndex { $0.lowercased() == text.lowercased() }
            ?? Self.number(text).map { Int($0) }
        let name =
            entry.flatMap { map.categories.indices.contains($0) ? map.categories[$0] : nil } ?? ""
        let title = name.isEmpty ? Self.number(text).map { "\($0)" } ?? text : name
        let new = titles.indices.dropFirst(strata.strata.count)
        if let place = new.first(where: { titles[$0].lowercased() == title.lowercased() }) {
            return place
        }
        titles.append(title)
        return titles.count - 1
    }

    private func known(_ text: String) throws(AssessmentError) -> Int? {
        let names = strata.strata.map(\.name)
        for isSame in [
            { $0 == text }, { $0.lowercased() == text.lowercased() },
        ] as [(String) -> Bool] {
            let places = names.indices.filter { isSame(names[$0]) }
            guard places.count < 2 else {
                throw .ambiguousName(
                    name: text, map: map.path, values: places.map { strata.strata[$0].value })
            }
            if let place = places.first { return place }
        }
        // The titles of classes that share a name hold their numbers.
        if let place = titles.prefix(strata.strata.count).firstIndex(of: text) { return place }
        return Self.number(text).flatMap { value in
            strata.strata.firstIndex { $0.value == value }
        }
    }

    private static func number(_ text: String) -> Int32? {
        Int32(text) ?? Double(text).flatMap { Int32(exactly: $0) }
    }
}
