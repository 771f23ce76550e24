extension SceneStack {
    /// Why a file's name and its band contradict each other, as the end of a sentence.
    struct Contradiction: Error, Equatable {
        var reason: String
    }

    /// What a name or a band tells.
    enum Told: Equatable {
        case nothing
        case role(BandRole)
        /// A band that is none of these.
        case another

        init(_ name: String, sensor: SensorBands?) {
            self =
                switch BandName(name, position: 0) {
                case .role(let role): .role(role)
                case .unrelated: .another
                case .numbered(let numbered):
                    sensor.map { $0.role(of: numbered.number).map(Told.role) ?? .another }
                        ?? .nothing
                case .silent, .notUnderstood: .nothing
                }
        }

        /// What a band says of itself.
        init(_ band: BandMatching.Band, sensor: SensorBands?) {
            if let nanometres = band.nanometres {
                if case .role(let role) = BandName(nanometres: nanometres) {
                    self = .role(role)
                } else {
                    self = .another
                }
                return
            }
            let names = [band.commonName, band.description].compactMap(\.self)
            let told = names.map { Told($0, sensor: sensor) }.first { $0 != .nothing }
            self = told ?? band.colour.map(Told.role) ?? .nothing
        }

        var description: String {
            switch self {
            case .nothing: "nothing"
            case .role(let role): role.rawValue
            case .another: "none of red, green, blue and infrared"
            }
        }
    }

    /// Completes what the files' bands say of themselves by what the files' names say.
    ///
    /// A name tells a band by one of its words (`T33UUP_20250601_B04_10m.jp2`, `LC08_…_SR_B4.TIF`,
    /// `scene_red.tif`); words that all names share tell nothing. Where one tells several things, it
    /// tells nothing.
    ///
    /// - Parameters:
    ///   - bands: one a file, then those of opacity; a name stands in for a description that tells
    ///     nothing.
    ///   - sensor: that the files' metadata tell; else that of the products that the names are of.
    func complete(
        _ bands: inout [BandMatching.Band], sensor: inout SensorBands?
    ) throws(Contradiction) {
        let words = files.map(Self.words)
        let shared = words.dropFirst().reduce(Set(words[0])) { $0.intersection($1) }
        let sensors = words.map(Self.sensor)
        if sensor == nil, let first = sensors[0], sensors.allSatisfy({ $0?.name == first.name }) {
            sensor = first
        }
        for (index, words) in words.enumerated() {
            guard let name = Self.band(in: words, shared: shared) else { continue }
            let (own, told) = (Told(bands[index], sensor: sensor), Told(name, sensor: sensor))
            if own == .nothing { bands[index].description = name }
            guard own != .nothing, told != .nothing, own != told else { continue }
            throw Contradiction(
                reason: """
                    “\(files[index])” is \(told.description) by its name, and \(own.description) by \
                    what its band says; tell which is right with --bands, which counts the files \
                    from 1
                    """)
        }
    }

    /// Which file is what, as a sentence.
    func note(roles: [BandRole], bands: [Int]) -> String? {
        let parts = zip(roles, bands).filter { $0.0 != .other && files.indices.contains($0.1 - 1) }
            .map { "\($0.0.rawValue) is “\(files[$0.1 - 1])”" }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    /// The name without folders and ending, in lower case, as runs of letters and digits.
    private static func words(of path: String) -> [String] {
        let file = Substring(path.pathName)
        let stem = file.utf8.lastIndex(of: UInt8(ascii: ".")).map { file[..<$0] } ?? file
        return stem.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// What a file's words call its band: a sensor's number, or else a colour.
    private static func band(in words: [String], shared: Set<String>) -> String? {
        var numbers: [String] = []
        var roles: [String] = []
        var others: [String] = []
        // A letter alone may stand for anything.
        for (index, word) in words.enumerated() where word.count > 1 && !shared.contains(word) {
            switch BandName(word, position: 0) {
            case .numbered where word.hasPrefix("b"):
                let isSurface = index > 0 && words[index - 1] == "sr"
                numbers.append((isSurface ? "SR_" : "") + word.uppercased())
            case .role: roles.append(word)
            case .unrelated: others.append(word)
            case .silent, .numbered, .notUnderstood: break
            }
        }
        for found in [numbers, roles, others] where !found.isEmpty {
            return Set(found).count == 1 ? found[0] : nil
        }
        return nil
    }

    /// The sensor whose products' names begin with these words.
    private static func sensor(of words: [String]) -> SensorBands? {
        guard let first = words.first else { return nil }
        let products = ["lc08", "lc09", "le07", "lt05", "lt04", "s2a", "s2b", "s2c"]
        if products.contains(first) { return SensorBands(named: [first]) }
        // NASA's harmonised product has each sensor's own numbers.
        if first == "hls", words.count > 1 {
            return words[1] == "l30" ? .landsat8 : words[1] == "s30" ? .sentinel2 : nil
        }
        // Sentinel-2's own files begin with their tile: T33UUP.
        let isTile =
            first.utf8.count == 6 && first.hasPrefix("t")
            && zip(first.dropFirst(), [true, true, false, false, false]).allSatisfy {
                $0.isNumber == $1
            }
        return isTile ? .sentinel2 : nil
    }
}
