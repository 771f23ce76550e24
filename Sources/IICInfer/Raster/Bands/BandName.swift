/// What a band's name tells of what it shows.
///
/// Names are those that satellites' products, catalogues and common tools give: STAC's common names
/// (`nir08`), wavelengths (`B2, central wavelength 490 nm`), and numbers, which mean another colour
/// on each sensor (`SR_B4`).
enum BandName: Equatable {
    /// Nothing: no name, or the band's own position under a general word (`Band 3`).
    case silent
    case role(BandRole)
    /// A band that none of the roles describes, such as short-wave infrared.
    case unrelated
    /// A sensor's own number, such as `B8A`.
    case numbered(Numbered)
    case notUnderstood

    /// A number that means something on a known sensor only.
    struct Numbered: Equatable {
        /// In capitals without leading zeros: `4`, `8A`.
        var number: String
        /// Whether it is marked as surface reflectance (`SR_B4`), as Landsat's products do.
        var isSurface = false
        /// Whether it is the band's own position, which may say nothing.
        var isOwnPosition: Bool
    }

    /// - Parameters:
    ///   - description: as the file gives it.
    ///   - position: of the band, from 1.
    init(_ description: String, position: Int) {
        if let nanometres = BandName.wavelength(in: description) {
            self = BandName(nanometres: nanometres)
            return
        }
        let words = BandName.words(of: description)
        if let known = BandName.known(words) {
            self = known
        } else if let numbered = BandName.numbered(words, position: position) {
            self = numbered
        } else {
            self = words.isEmpty ? .silent : .notUnderstood
        }
    }

    /// What light of this wavelength shows; gaps between the colours belong to none.
    init(nanometres: Double) {
        switch nanometres {
        case 455..<525: self = .role(.blue)
        case 525..<585: self = .role(.green)
        case 620..<690: self = .role(.red)
        case 760..<925: self = .role(.infrared)
        default: self = .unrelated
        }
    }

    /// Lower-case runs of letters and digits, without words that every band may carry.
    private static func words(of description: String) -> [String] {
        description.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0) }
            .filter { !["reflectance", "surface", "toa", "boa", "the"].contains($0) }
    }

    private static let roles: [String: BandRole] = [
        "red": .red, "r": .red, "green": .green, "g": .green, "blue": .blue, "b": .blue,
        "nir": .infrared, "ir": .infrared, "infrared": .infrared, "near infrared": .infrared,
        "near infra red": .infrared, "nearinfrared": .infrared, "near ir": .infrared,
        "nir1": .infrared, "nir 1": .infrared, "nir08": .infrared, "near infrared nir": .infrared,
        "near infrared 1": .infrared,
    ]

    /// Known names of what is no role.
    private static let others: Set<String> = [
        "coastal", "coastal aerosol", "coastal blue", "aerosol", "aerosols", "yellow", "rededge",
        "red edge", "nir2", "nir 2", "nir09", "narrow nir", "nir narrow", "water vapour",
        "water vapor", "watervapor", "cirrus", "swir", "pan", "panchromatic", "lwir", "lwir11",
        "lwir12", "tir", "thermal", "thermal infrared", "alpha", "mask", "qa", "quality", "ndvi",
        "dem", "elevation", "scl", "aot", "wvp",
    ]

    private static func known(_ words: [String]) -> BandName? {
        // “Red band”, “band: red”.
        let name = words.filter { $0 != "band" || words.count == 1 }.joined(separator: " ")
        if let role = roles[name] { return .role(role) }
        let isKnown =
            others.contains(name)
            || ["rededge", "red edge", "swir", "qa", "tir", "st b"].contains { start in
                name.hasPrefix(start) && name.dropFirst(start.count).allSatisfy { !$0.isLetter }
            } || name.hasPrefix("qa ")
        return isKnown ? .unrelated : nil
    }

    private static func numbered(_ words: [String], position: Int) -> BandName? {
        var words = words[...]
        let isSurface = words.first == "sr" && words.count > 1
        if isSurface { words.removeFirst() }
        let general: Set = ["band", "layer", "channel", "ch", "b", "image", "raster", "bands"]
        // “image channel 2”, “Layer_2”, “2”.
        while words.count > 1, let word = words.first, general.contains(word) {
            words.removeFirst()
        }
        guard words.count == 1, var text = words.first else { return nil }
        if let prefix = ["band", "layer", "channel", "ch", "b"].first(where: text.hasPrefix) {
            text.removeFirst(prefix.count)
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let value = Int(digits), digits.count <= 4,
            text.count == digits.count || (text.count == digits.count + 1 && text.hasSuffix("a"))
        else { return nil }
        let letter = text.count > digits.count ? "A" : ""
        return .numbered(
            Numbered(
                number: "\(value)\(letter)", isSurface: isSurface,
                isOwnPosition: letter.isEmpty && value == position && !isSurface))
    }

    /// A wavelength with its unit in a text, in nm.
    static func wavelength(in text: String) -> Double? {
        let units: [(String, Double)] = [
            ("nanomet", 1), ("nm", 1), ("micromet", 1000), ("micron", 1000), ("um", 1000),
            ("µm", 1000), ("μm", 1000),
        ]
        let lower = text.lowercased()
        var index = lower.startIndex
        while let start = lower[index...].firstIndex(where: { $0.isASCII && $0.isNumber }) {
            let number = lower[start...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let rest = lower[number.endIndex...].drop { $0 == " " }
            if let unit = units.first(where: { rest.hasPrefix($0.0) }), let value = Double(number) {
                let nanometres = value * unit.1
                // Anything else is no wavelength of a picture.
                if (200...20_000).contains(nanometres) { return nanometres }
            }
            index = number.endIndex
        }
        return nil
    }
}

/// What the numbers of a sensor's bands mean.
struct SensorBands: Sendable {
    let name: String
    /// The number of each role's band.
    let numbers: [BandRole: String]
    /// Whether its products mark bands as surface reflectance (`SR_B4`).
    let marksSurface: Bool

    func role(of number: String) -> BandRole? { numbers.first { $0.value == number }?.key }

    static let sentinel2 = SensorBands(
        name: "Sentinel-2", numbers: [.blue: "2", .green: "3", .red: "4", .infrared: "8"],
        marksSurface: false)
    static let landsat8 = SensorBands(
        name: "Landsat 8 and 9", numbers: [.blue: "2", .green: "3", .red: "4", .infrared: "5"],
        marksSurface: true)
    static let landsat5 = SensorBands(
        name: "Landsat 4 to 7", numbers: [.blue: "1", .green: "2", .red: "3", .infrared: "4"],
        marksSurface: true)
    static let all = [sentinel2, landsat8, landsat5]

    /// The sensor that a file's metadata name; nil for none, and for several.
    ///
    /// - Parameter values: of items that name satellites and sensors.
    init?(named values: [String]) {
        let found = Set(values.compactMap { SensorBands.index(named: $0) })
        guard found.count == 1, let index = found.first else { return nil }
        self = SensorBands.all[index]
    }

    private init(name: String, numbers: [BandRole: String], marksSurface: Bool) {
        self.name = name
        self.numbers = numbers
        self.marksSurface = marksSurface
    }

    private static func index(named text: String) -> Int? {
        let name = text.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        func begins(_ names: [String]) -> Bool { names.contains { name.hasPrefix($0) } }
        if begins(["sentinel2", "s2a", "s2b", "s2c"]) { return 0 }
        if begins(["landsat8", "landsat9", "lc08", "lc09", "l8oli", "oli"]) { return 1 }
        if begins(["landsat4", "landsat5", "landsat7", "le07", "lt05", "lt04"]) { return 2 }
        return nil
    }

    /// The names of items that name satellites and sensors, in lower case.
    static let items: Set = [
        "spacecraft_id", "satellite", "satelliteid", "platform", "sensor", "sensor_id",
        "spacecraft", "spacecraft_name", "mission", "eo:platform", "datatake_1_spacecraft_name",
        "constellation", "landsat_product_id", "product_id", "landsat_scene_id", "product_uri",
    ]
}
