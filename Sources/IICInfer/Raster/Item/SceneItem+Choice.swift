extension SceneItem {
    /// The bands for `roles`, from 1, and why.
    ///
    /// - Parameter chosen: the user's choice instead.
    /// - Throws: ``RasterError``
    func match(
        _ roles: [BandRole], chosen: [Int]?
    ) throws(RasterError) -> [(band: Int, reason: BandMatching.Reason)] {
        if chosen != nil {
            let all = bands.map { _ in BandMatching.Band() }
            do throws(BandMatching.Refusal) {
                return try BandMatching(bands: all, roles: roles).match(chosen: chosen)
            } catch {
                throw .chosenBands(path: path, reason: error.reason)
            }
        }
        let order = roles.map(\.rawValue).joined(separator: ",")
        let way = "name those to read with --bands, in the order \(order)"
        let missing = roles.filter { role in !bands.contains { $0.role == role } || role == .other }
        guard missing.isEmpty else {
            let list = bands.isEmpty ? "no bands of data" : listed(Array(bands.indices))
            let names = missing.map(\.rawValue).joined(separator: ", ")
            throw .bands(
                path: path,
                reason: "none is said to be \(names); the item has \(list)"
                    + (bands.isEmpty ? "" : "; \(way)"))
        }
        var found: [(band: Int, reason: BandMatching.Reason)] = []
        for role in roles {
            let best = best(of: role, among: roles)
            guard best.count == 1 else {
                throw .bands(
                    path: path,
                    reason: "nothing tells which is \(role.rawValue) of \(listed(best)); \(way)")
            }
            found.append((best[0] + 1, .named(bands[best[0]].title)))
        }
        return found
    }

    /// The numbers of the bands in the colours that models know, as far as the item tells them.
    var coloured: [Int] {
        let roles: [BandRole] = [.red, .green, .blue, .infrared]
        let found = roles.map { best(of: $0, among: roles) }.filter { $0.count == 1 }
        return found.isEmpty ? bands.isEmpty ? [] : [1] : found.map { $0[0] + 1 }
    }

    private func listed(_ indices: [Int]) -> String {
        let all = indices.prefix(40).map { "\($0 + 1) \(bands[$0].description)" }
        return all.joined(separator: ", ") + (indices.count > 40 ? ", …" : "")
    }

    /// The bands that suit a role best, of which none is to be preferred: the finest, if all tell their size; the wide infrared
    /// before the narrow; those of an asset that has all roles; those of an asset with fewer bands;
    /// those that anyone may read; GeoTIFF before other forms.
    private func best(of role: BandRole, among roles: [BandRole]) -> [Int] {
        let whole = Dictionary(grouping: bands, by: \.asset).filter { entry in
            roles.allSatisfy { role in entry.value.contains { $0.role == role } }
        }
        let candidates = bands.indices.filter { bands[$0].role == role }
        let hasSizes = candidates.allSatisfy { bands[$0].pixelSize != nil }
        func rank(_ band: Band) -> [Double] {
            let file = FileName(ItemText.place(of: band.href))
            let isTIFF = file.hasEnding(".tif") || file.hasEnding(".tiff")
            let isClosed = ["s3:", "gs:"].contains { band.href.lowercased().hasPrefix($0) }
            return [
                hasSizes ? band.pixelSize ?? 0 : 0, band.isNarrow ? 1 : 0,
                whole[band.asset] == nil ? 1 : 0, Double(band.count), isClosed ? 1 : 0,
                isTIFF ? 0 : 1,
            ]
        }
        guard
            let least = candidates.map({ rank(bands[$0]) }).min(by: {
                $0.lexicographicallyPrecedes($1)
            })
        else { return [] }
        return candidates.filter { rank(bands[$0]) == least }
    }
}
