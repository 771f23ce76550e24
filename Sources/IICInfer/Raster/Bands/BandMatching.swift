/// Which of a scene's bands a model reads.
///
/// What a scene says of its bands goes first, then their order, and `--bands` before both. A wrong
/// guess gives a wrong map without any error, so what stays unclear is refused.
struct BandMatching {
    /// What a file tells of one band.
    struct Band {
        /// What the colour interpretation tells; nil for undefined and gray.
        var colour: BandRole?
        var isAlpha = false
        var description = ""
        /// What the band's own metadata call it (`nir08`), and its central wavelength.
        var commonName: String?
        var nanometres: Double?
    }

    /// Why a band was taken for what it is.
    enum Reason: Hashable, Sendable {
        case chosen
        case named(String)
        /// The number of a sensor's band.
        case sensor(String, name: String)
        case colour
        /// The file says nothing of it.
        case order

        /// As `iicd inspect` tells it.
        var description: String {
            switch self {
            case .chosen: "named by --bands"
            case .named(let name): "called “\(name)”"
            case .sensor(let sensor, let name): "called “\(name)”, one of \(sensor)'s"
            case .colour: "its colour interpretation"
            case .order: "its place: nothing tells"
            }
        }
    }

    /// Why no match was found, as the end of a sentence.
    struct Refusal: Error, Equatable {
        var reason: String
    }

    let bands: [Band]
    let roles: [BandRole]
    /// The sensor that the file's metadata name.
    var sensor: SensorBands?

    /// The bands for `roles`, from 1, and why.
    func match(chosen: [Int]?) throws(Refusal) -> [(band: Int, reason: Reason)] {
        if let chosen { return try check(chosen).map { ($0, .chosen) } }
        let data = bands.indices.filter { !bands[$0].isAlpha }
        guard bands.count >= roles.count else {
            throw Refusal(
                reason: "it has \(BandMatching.count(bands.count)), but the model needs \(needs)")
        }
        guard data.count >= roles.count else {
            // What the names would tell if no band were opacity.
            let opaque = bands.map { band in
                var band = band
                band.isAlpha = false
                return band
            }
            let named = try? BandMatching(bands: opaque, roles: roles, sensor: sensor)
                .match(chosen: nil).map(\.band)
            let all = (named ?? Array(1...roles.count)).map(String.init).joined(separator: ",")
            throw Refusal(
                reason: """
                    one of its \(bands.count) bands is marked as opacity (alpha), and the model \
                    needs \(needs); if that band holds data, say so with --bands \(all)
                    """)
        }
        let tellings = try tellings(of: data)
        let known = known(data, tellings)
        let named = roles.map { $0 == .other ? nil : known[$0] }
        try checkDoubles(of: zip(roles, named).filter { $0.1 == nil }.map(\.0), data, tellings)
        let unnamed = named.count { $0 == nil }
        // Bands that say nothing are taken in their order, and only where the count leaves no doubt.
        var free = zip(data, tellings).filter { index, telling in
            telling != .unrelated && !known.values.contains { $0.index == index }
        }
        guard unnamed == 0 || free.count == unnamed || (known.isEmpty && data.count <= 4) else {
            throw Refusal(
                reason: "it has \(BandMatching.count(bands.count)) and does not tell which is "
                    + "\(missing(named)); name them with --bands, in the order \(order)")
        }
        guard unnamed == 0 || free.count >= unnamed else { throw notUnderstood(data, named) }
        var matches: [(band: Int, reason: Reason)] = []
        for found in named {
            if let found {
                matches.append((found.index + 1, found.reason))
                continue
            }
            let (index, telling) = free.removeFirst()
            guard telling == .silent else { throw notUnderstood(data, named) }
            matches.append((index + 1, .order))
        }
        return matches
    }

    private var needs: String {
        "\(roles.count) (\(roles.map(\.rawValue).joined(separator: ", ")))"
    }

    private var order: String { roles.map(\.rawValue).joined(separator: ",") }

    private static func count(_ bands: Int) -> String { bands == 1 ? "1 band" : "\(bands) bands" }

    private func missing(_ named: [(index: Int, reason: Reason)?]) -> String {
        zip(roles, named).filter { $0.1 == nil }.map(\.0.rawValue).joined(separator: ", ")
    }

    private func check(_ chosen: [Int]) throws(Refusal) -> [Int] {
        guard chosen.count == roles.count else {
            throw Refusal(
                reason: "--bands names \(chosen.count), but the model needs \(needs)")
        }
        for band in chosen where !(1...max(1, bands.count)).contains(band) {
            throw Refusal(
                reason: """
                    --bands names band \(band), but it has \(BandMatching.count(bands.count)), \
                    counted from 1
                    """)
        }
        guard Set(chosen).count == chosen.count else {
            throw Refusal(reason: "--bands names a band twice")
        }
        return chosen
    }

    /// Names that tell nothing, with the line that does.
    private func notUnderstood(
        _ data: [Int], _ named: [(index: Int, reason: Reason)?]
    ) -> Refusal {
        var free = data.filter { index in !named.contains { $0?.index == index } }
        let line = named.map { found in
            String((found?.index ?? (free.isEmpty ? 0 : free.removeFirst())) + 1)
        }
        return Refusal(
            reason: """
                its bands are called \(titles(data)), which does not tell which is \
                \(missing(named)); if they are \(order), in this order, give --bands \
                \(line.joined(separator: ","))
                """)
    }

    private func titles(_ data: [Int]) -> String {
        let all = data.prefix(8).map { "“\(title(of: $0))”" }
        return all.joined(separator: ", ") + (data.count > 8 ? ", …" : "")
    }

    private func title(of index: Int) -> String {
        let band = bands[index]
        if !band.description.isEmpty { return band.description }
        return band.commonName ?? band.nanometres.map { "\($0) nm" } ?? ""
    }

    /// What a band tells once it is known whose numbers the bands carry.
    private enum Telling: Equatable {
        case silent
        case role(BandRole, Reason)
        case unrelated
        case notUnderstood
    }

    private func tellings(of data: [Int]) throws(Refusal) -> [Telling] {
        for index in data { try checkName(of: index) }
        let names = data.map { name(of: $0) }
        let sensor = try numbering(data, names)
        return zip(data, names).map { index, name in
            let band = bands[index]
            switch name {
            case .silent:
                return band.colour.map { .role($0, .colour) } ?? .silent
            case .role(let role):
                return .role(role, .named(title(of: index)))
            case .unrelated:
                return .unrelated
            case .notUnderstood:
                return band.colour.map { .role($0, .colour) } ?? .notUnderstood
            case .numbered(let numbered):
                if let sensor {
                    return sensor.role(of: numbered.number).map {
                        .role($0, .sensor(sensor.name, name: band.description))
                    } ?? .unrelated
                }
                guard numbered.isOwnPosition else { return .unrelated }
                return band.colour.map { .role($0, .colour) } ?? .silent
            }
        }
    }

    /// The bands whose role the file tells; a role told of two bands is reported of none.
    private func known(
        _ data: [Int], _ tellings: [Telling]
    ) -> [BandRole: (index: Int, reason: Reason)] {
        var found: [BandRole: [(index: Int, reason: Reason)]] = [:]
        for (index, telling) in zip(data, tellings) {
            if case .role(let role, let reason) = telling {
                found[role, default: []].append((index, reason))
            }
        }
        return found.reduce(into: [:]) { result, entry in
            let (role, bands) = entry
            result[role] = bands.count == 1 ? bands[0] : sentinel(role, among: bands)
        }
    }

    /// Refuses several bands of which each tells the same role.
    ///
    /// - Parameter missing: roles that no band is known to have.
    private func checkDoubles(
        of missing: [BandRole], _ data: [Int], _ tellings: [Telling]
    ) throws(Refusal) {
        for role in missing {
            let found = zip(data, tellings).filter {
                if case .role(role, _) = $0.1 { true } else { false }
            }.map { "\($0.0 + 1)" }
            guard found.count > 1 else { continue }
            let (first, rest) = (found.prefix(min(8, found.count - 1)), found.dropFirst(8))
            let list =
                first.joined(separator: ", ") + " and "
                + (rest.count > 1 ? "\(rest.count) more" : found[found.count - 1])
            throw Refusal(
                reason: """
                    its bands \(list) are \(found.count == 2 ? "both" : "all") \(role.rawValue); name \
                    those to read with --bands, in the order \(order)
                    """)
        }
    }

    /// The one of several bands in one colour that Sentinel-2's number tells: beside B8 there is B8A.
    private func sentinel(
        _ role: BandRole, among found: [(index: Int, reason: Reason)]
    ) -> (index: Int, reason: Reason)? {
        func number(_ index: Int) -> String? {
            let start = bands[index].description.prefix { $0 != "," }
            if case .numbered(let numbered) = BandName(String(start), position: 0) {
                return numbered.number
            }
            return nil
        }
        let sensor = SensorBands.sentinel2
        guard Set(bands.indices.compactMap(number)).isSuperset(of: sensor.numbers.values) else {
            return nil
        }
        return found.first { number($0.index) == sensor.numbers[role] }
    }

    /// Refuses a band whose name and wavelength tell two colours.
    private func checkName(of index: Int) throws(Refusal) {
        let band = bands[index]
        guard let nanometres = band.nanometres,
            case .role(let named) = BandName(band.description, position: index + 1),
            BandName(nanometres: nanometres) != .role(named)
        else { return }
        throw Refusal(
            reason: """
                band \(index + 1) is called “\(band.description)”, and its wavelength of \(nanometres) \
                nm is not that of \(named.rawValue); tell which is right with --bands, in the order \
                \(order)
                """)
    }

    private func name(of index: Int) -> BandName {
        let band = bands[index]
        let names = [band.commonName, band.description].compactMap(\.self).map {
            BandName($0, position: index + 1)
        }
        if let nanometres = band.nanometres { return BandName(nanometres: nanometres) }
        return names.first { $0 != .silent && $0 != .notUnderstood } ?? names.last ?? .silent
    }

    /// Whose numbers the bands carry; nil if they carry none that mean anything.
    private func numbering(
        _ data: [Int], _ names: [BandName]
    ) throws(Refusal) -> SensorBands? {
        let numbered: [(index: Int, name: BandName.Numbered)] = zip(data, names).compactMap {
            index, name in
            if case .numbered(let numbered) = name { (index, numbered) } else { nil }
        }
        guard !numbered.isEmpty else { return nil }
        if let sensor { return sensor }
        // A file of bands 1, 2, 3 and so on may have been counted by any program.
        if numbered.allSatisfy(\.name.isOwnPosition) { return nil }
        let numbers = Set(numbered.map(\.name.number))
        let isSurface = numbered.contains { $0.name.isSurface }
        if !isSurface, SensorBands.sentinel2.numbers.values.allSatisfy(numbers.contains) {
            return .sentinel2
        }
        let others = Set(names.compactMap { if case .role(let role) = $0 { role } else { nil } })
        if roles.allSatisfy({ others.contains($0) }) { return nil }
        let lines = SensorBands.all.filter { $0.marksSurface || !isSurface }.compactMap {
            sensor -> String? in
            let line = roles.compactMap { role in
                numbered.first { $0.name.number == sensor.numbers[role] }.map {
                    String($0.index + 1)
                }
            }
            guard line.count == roles.count else { return nil }
            return "--bands \(line.joined(separator: ",")) for \(sensor.name)"
        }
        throw Refusal(
            reason: """
                its bands are called \(titles(data)), which are other colours on each sensor, and \
                it does not name the sensor; \
                \(lines.isEmpty
                    ? "name them with --bands, in the order \(order)"
                    : "give " + lines.joined(separator: ", or "))
                """)
    }
}

extension BandMatching {
    /// What users should know of a match: bands that were taken in their order.
    static func note(
        path: String, roles: [BandRole], matches: [(band: Int, reason: Reason)]
    ) -> String? {
        let taken = zip(roles, matches).filter { $0.0 != .other && $0.1.reason == .order }
        guard !taken.isEmpty else { return nil }
        let text = taken.map { "band \($0.1.band) as \($0.0.rawValue)" }
        return """
            “\(path)” does not tell what \(taken.count == 1 ? "one of its bands shows" : "its bands show"): \
            \(text.joined(separator: ", ")), in their order. If that is wrong, give --bands.
            """
    }
}
