package import IICInfer

/// What a model's classes are on some scenes: numbers, and places that show them.
package struct Gallery: Sendable {
    /// What is known of one class.
    package struct Class: Sendable {
        /// Pixels of it among those looked at.
        package var pixels: Int
        /// The mean of how much more probable it is than the next one, 0…1.
        package var margin: Double
        /// One a band.
        package var spectrum: [Spread]
        /// Of the normalised difference vegetation index; nil without red or infrared.
        package var vegetation: Spread?
        /// The classes at its borders, the most frequent first, with their shares of them.
        package var neighbours: [(value: Int, share: Double)]
        /// Its surest places that look most like its mean, and its least sure ones.
        package var typical: [ClassPlace]
        package var doubtful: [ClassPlace]
    }

    /// What was looked at of one scene.
    package struct Scene: Sendable {
        package var path: String
        package var width: Int
        package var height: Int
        package var windows: Int
        /// Pixels in these.
        package var pixels: Int
        package var isWhole: Bool
        package var stretch: ChipStretch
        /// PNGs of the windows side by side; nil for a scene that is not shown.
        package var image: [UInt8]?
        package var map: [UInt8]?
    }

    package var roles: [BandRole]
    package var legend: Legend
    package var classes: [Class]
    package var scenes: [Scene]
    package var seed: UInt64

    /// Pixels with data that were looked at.
    package var pixels: Int { classes.reduce(0) { $0 + $1.pixels } }

    /// Pixels of a scene on a side of a chip.
    package static let chipSize = 48
    /// Places of all classes, at most, unless each has one of both kinds alone.
    private static let mostPlaces = 200

    init(
        _ tally: ClassTally, roles: [BandRole], legend: Legend, scenes: [Scene], seed: UInt64
    ) {
        self.roles = roles
        self.legend = legend
        self.scenes = scenes
        self.seed = seed
        let count = legend.entries.count
        let each = Self.mostPlaces / count
        let (typical, doubtful) = (max(1, min(6, each * 6 / 10)), max(1, min(4, each * 4 / 10)))
        classes = (0..<count).map { k in
            let spectrum = tally.spectrum(of: k)
            let sides = tally.borders[k * count..<(k + 1) * count]
            let length = Double(max(1, sides.reduce(0, +)))
            let neighbours = sides.enumerated().filter { $0.element > 0 }.sorted {
                ($1.element, $0.offset) < ($0.element, $1.offset)
            }
            return Class(
                pixels: tally.pixels[k],
                margin: Double(tally.margins[k]) / Double(max(1, tally.pixels[k])) / 65_535,
                spectrum: spectrum, vegetation: tally.vegetation(of: k),
                neighbours: neighbours.map { ($0.offset, Double($0.element) / length) },
                typical: Self.typical(tally.typical[k], spectrum: spectrum)
                    .apart(size: Self.chipSize, most: typical),
                doubtful: tally.doubtful[k].sorted { a, b in
                    (a.isCut ? 1 : 0, a.margin) < (b.isCut ? 1 : 0, b.margin)
                }
                .apart(size: Self.chipSize, most: doubtful))
        }
    }

    /// The surer half of some places, those nearest to the mean first: the surest of all are as often
    /// the oddest.
    private static func typical(_ places: [ClassPlace], spectrum: [Spread]) -> [ClassPlace] {
        func distance(_ place: ClassPlace) -> Double {
            zip(place.values, spectrum).reduce(0) { sum, pair in
                let step = (Double(pair.0) - pair.1.mean) / max(pair.1.deviation, 1e-9)
                return sum + step * step
            }
        }
        let surest = places.sorted { a, b in
            (a.isCut ? 0 : 1, a.margin, a.company) > (b.isCut ? 0 : 1, b.margin, b.company)
        }
        let half = surest.prefix(max(min(12, places.count), places.count / 2))
        return half.map { (place: $0, distance: distance($0)) }
            .sorted { $0.distance < $1.distance }.map(\.place)
    }
}
