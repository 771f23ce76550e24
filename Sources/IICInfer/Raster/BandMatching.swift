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
    }

    /// Why no match was found, as the end of a sentence.
    struct Refusal: Error, Equatable {
        var reason: String
    }

    let bands: [Band]
    let roles: [BandRole]

    /// The bands for `roles`, from 1.
    func match(chosen: [Int]?) throws(Refusal) -> [Int] {
        if let chosen { return try check(chosen) }
        let data = bands.indices.filter { !bands[$0].isAlpha }
        guard bands.count >= roles.count else {
            throw Refusal(
                reason: "it has \(BandMatching.count(bands.count)), but the model needs \(needs)")
        }
        guard data.count >= roles.count else {
            let all = (1...roles.count).map(String.init).joined(separator: ",")
            throw Refusal(
                reason: """
                    one of its \(bands.count) bands is marked as opacity (alpha), and the model \
                    needs \(needs); if that band holds data, say so with --bands \(all)
                    """)
        }
        let known = recognised(data)
        let named = roles.map { $0 == .other ? nil : known[$0] }
        var free = data.filter { !known.values.contains($0) }
        // Bands that nothing names are taken in their order only where the count leaves no doubt.
        let unnamed = named.count { $0 == nil }
        guard unnamed == 0 || free.count == unnamed || (known.isEmpty && data.count <= 4) else {
            let missing = zip(roles, named).filter { $0.1 == nil }.map(\.0.rawValue)
            throw Refusal(
                reason: """
                    it has \(BandMatching.count(bands.count)) and does not tell which is \
                    \(missing.joined(separator: ", ")); name them with --bands, in the order \
                    \(roles.map(\.rawValue).joined(separator: ","))
                    """)
        }
        return named.map { ($0 ?? free.removeFirst()) + 1 }
    }

    private var needs: String {
        "\(roles.count) (\(roles.map(\.rawValue).joined(separator: ", ")))"
    }

    private static func count(_ bands: Int) -> String { bands == 1 ? "1 band" : "\(bands) bands" }

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

    /// The bands whose role the file tells; a role told of two bands is reported of none.
    private func recognised(_ data: [Int]) -> [BandRole: Int] {
        let names = data.map { bands[$0].description.lowercased() }
        let sentinel = ["b02", "b03", "b04"].allSatisfy(names.contains)
        var found: [BandRole: [Int]] = [:]
        for (index, name) in zip(data, names) {
            let role = BandMatching.role(named: name, sentinel: sentinel) ?? bands[index].colour
            if let role { found[role, default: []].append(index) }
        }
        return found.compactMapValues { $0.count == 1 ? $0[0] : nil }
    }

    /// The role that a description tells, in lower case.
    ///
    /// Landsat's band numbers mean another colour on each satellite, so they tell nothing;
    /// Sentinel-2's do where its other bands stand beside them.
    private static func role(named name: String, sentinel: Bool) -> BandRole? {
        switch name {
        case "red", "r": return .red
        case "green", "g": return .green
        case "blue", "b": return .blue
        case "infrared", "ir", "nir", "near infrared", "near-infrared", "near_infrared",
            "nearinfrared", "near ir", "nir1", "nir-1":
            return .infrared
        case "b02" where sentinel: return .blue
        case "b03" where sentinel: return .green
        case "b04" where sentinel: return .red
        case "b08" where sentinel, "b8" where sentinel: return .infrared
        default: return nil
        }
    }
}
