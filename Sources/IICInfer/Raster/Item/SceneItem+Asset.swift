extension SceneItem {
    /// An asset whose raster holds data.
    struct Asset {
        let bands: [Band]

        /// Nil for what is no raster of data: metadata, overviews and pictures in true colour, whatever
        /// their roles are.
        ///
        /// - Parameter properties: of the item.
        init?(name: String, members: JSONValue, properties: JSONValue) {
            guard let href = members["href"]?.string,
                Self.holdsData(name: name, href: href, members)
            else { return nil }
            let described = members["bands"]?.array ?? members["eo:bands"]?.array ?? []
            let rasters = members["raster:bands"]?.array ?? []
            let count = max(1, described.count, rasters.count)
            let isUneven =
                !described.isEmpty && !rasters.isEmpty && described.count != rasters.count
            let sensor = SensorBands(
                named: ["platform", "constellation", "mission"].compactMap {
                    properties[$0]?.string
                })
            // More are refused, and need not be made for that.
            bands = (0..<min(count, SceneItem.mostBands + 1)).map { index in
                // What stands in the asset holds for all of its bands (STAC 1.1).
                let places = [
                    index < described.count ? described[index] : .null,
                    index < rasters.count ? rasters[index] : .null, members,
                ]
                var band = Band(
                    asset: name, href: href, position: index + 1, count: count,
                    title: described.isEmpty && count > 1 ? "\(name) \(index + 1)" : name)
                if isUneven {
                    band.flaw =
                        "its asset lists \(described.count) bands and \(rasters.count) in raster:bands"
                }
                band.read(places, isNamedByAsset: described.isEmpty && count == 1, sensor: sensor)
                band.readSamples(places, offsetIsApplied: Self.hasAppliedOffsets(properties))
                band.pixelSize = band.pixelSize ?? properties["gsd"]?.number
                return band
            }
        }

        /// Earth Search's collection sentinel-2-l2a still tells the offset of samples that have it.
        static func hasAppliedOffsets(_ properties: JSONValue) -> Bool {
            properties["earthsearch:boa_offset_applied"]?.bool == true
        }

        private static func holdsData(name: String, href: String, _ members: JSONValue) -> Bool {
            let roles = Set(members["roles"]?.array?.compactMap(\.string) ?? [])
            guard roles.isEmpty || roles.contains("data"),
                roles.isDisjoint(with: ["visual", "overview", "thumbnail", "metadata"])
            else { return false }
            let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
            let pictures: Set<Substring> = [
                "visual", "tci", "preview", "thumbnail", "overview", "browse",
            ]
            guard pictures.isDisjoint(with: words) else { return false }
            if let type = members["type"]?.string?.lowercased() {
                return type.hasPrefix("image/")
                    && !["png", "jpeg", "jpg", "gif", "webp"].contains {
                        type.hasPrefix("image/" + $0)
                    }
            }
            let file = FileName(ItemText.place(of: href))
            return [".tif", ".tiff", ".jp2", ".vrt"].contains { file.hasEnding($0) }
        }
    }
}

extension SceneItem.Band {
    /// What a band is called and what it shows.
    ///
    /// - Parameter places: what describes it, the nearest first.
    fileprivate mutating func read(
        _ places: [JSONValue], isNamedByAsset: Bool, sensor: SensorBands?
    ) {
        func first(_ names: String...) -> JSONValue? {
            for place in places {
                for name in names { if let value = place[name], value != .null { return value } }
            }
            return nil
        }
        pixelSize =
            first("spatial_resolution", "raster:spatial_resolution")?.number ?? first("gsd")?.number
        let common = first("eo:common_name", "common_name")?.string
        let own = places[0]["name"]?.string
        title = common ?? own ?? title
        isNarrow = common.map { ["nir08", "nir09"].contains($0) } ?? false
        func shown(by name: String) -> BandRole? {
            switch BandName(name, position: 0) {
            case .role(let role): role
            case .numbered(let numbered): sensor?.role(of: numbered.number)
            case .silent, .unrelated, .notUnderstood: nil
            }
        }
        if let common {
            role = shown(by: common)
        } else if let micrometres = first("eo:center_wavelength", "center_wavelength")?.number {
            if case .role(let light) = BandName(nanometres: micrometres * 1000) { role = light }
        } else if let name = own ?? (isNamedByAsset ? asset : nil) {
            role = shown(by: name)
        }
    }

    /// What its samples are.
    fileprivate mutating func readSamples(_ places: [JSONValue], offsetIsApplied: Bool) {
        func number(_ name: String, _ short: String) -> Double? {
            for (index, place) in places.enumerated() {
                // Without its prefix a name is the band's alone: an asset's “scale” may be anything.
                let names = index < places.count - 1 ? [name, short] : [name]
                for name in names {
                    guard let value = place[name], value != .null else { continue }
                    guard let number = value.number, number.isFinite else {
                        flaw = flaw ?? "its \(short) is no number"
                        return nil
                    }
                    return number
                }
            }
            return nil
        }
        let scale = number("raster:scale", "scale")
        let offset = number("raster:offset", "offset").map { offsetIsApplied ? 0 : $0 }
        if scale != nil || offset != nil {
            let told = BandUnit(scale: Float(scale ?? 1), offset: Float(offset ?? 0))
            if scale == 0 {
                flaw = flaw ?? "its scale is 0"
            } else if let scale, told.scale == 0 || !told.scale.isFinite {
                flaw = flaw ?? "its scale is \(scale), which 32-bit floats do not hold"
            } else if let offset, !told.offset.isFinite {
                flaw = flaw ?? "its offset is \(offset), which 32-bit floats do not hold"
            } else {
                unit = told
            }
        }
        for place in places {
            if dataType == nil { dataType = place["data_type"]?.string?.lowercased() }
            guard nodata == nil, let value = place["nodata"], value != .null else { continue }
            let words = ["nan": Double.nan, "inf": .infinity, "-inf": -.infinity]
            nodata = value.number ?? value.string.flatMap { words[$0.lowercased()] ?? Double($0) }
            if nodata == nil { flaw = flaw ?? "its nodata value is no number" }
        }
    }
}
