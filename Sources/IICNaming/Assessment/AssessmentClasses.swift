import IICInfer

/// What points may be: the classes of the map, in the order of their numbers, then those that only a
/// person has seen.
struct AssessmentClasses {
    struct Class {
        var name: String
        /// Red, green, blue, 0…255.
        var colour: [UInt8]
        /// What a sample's file says of a point of it.
        var text: String
    }

    /// A class's number is its place here and 1 more; none goes.
    private(set) var all: [Class]
    /// How many of them the map has.
    let mapped: Int
    private var meanings: ReferenceClasses

    init(strata: MapStrata, map: LabelReader) throws(AssessmentError) {
        meanings = ReferenceClasses(strata: strata, map: map)
        mapped = strata.strata.count
        let free = Legend.unnamed(classes: mapped).entries.map(\.colour)
        all = strata.strata.enumerated().map { place, stratum in
            Class(name: strata.title(place), colour: stratum.colour ?? free[place], text: "")
        }
        for (place, stratum) in strata.strata.enumerated() {
            // A name, unless it would not come back from the file as this class.
            let names = [all[place].name.shown, "\(stratum.value)"]
            all[place].text = names.first { means($0, place) } ?? "\(stratum.value)"
        }
    }

    private func means(_ text: String, _ place: Int) -> Bool {
        guard text.utf8.count <= PointReader.mostNameBytes, PointReader.trimmed(text) == text
        else { return false }
        var meanings = meanings
        do { return try meanings.place(of: text) == place } catch { return false }
    }

    /// The number of the class that a text means, which gets one if it has none.
    ///
    /// - Parameter colour: of a new class; one that others do not have if nil.
    /// - Throws: ``AssessmentError`` where it may be one of several.
    mutating func id(of text: String, colour: [UInt8]? = nil) throws(AssessmentError) -> Int {
        let place = try meanings.place(of: text)
        if place == all.count {
            let used = Set(all.map(\.colour))
            let free = Legend.unnamed(classes: place + 16).entries.map(\.colour)
                .first { !used.contains($0) }
            let name = meanings.titles[place]
            all.append(Class(name: name, colour: colour ?? free ?? [128, 128, 128], text: name))
        } else if place >= mapped, let colour {
            all[place].colour = colour
        }
        return place + 1
    }
}
