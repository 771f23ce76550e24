internal import CGDAL

extension SceneItem {
    /// What is read of an item, and how.
    struct Reading {
        /// From 1, and what they are to show.
        var bands: [Int]
        var roles: [BandRole]
        /// Whether the user named them.
        var isChosen = false
        /// Whether samples are taken as they lie, whatever their scale and offset are.
        var isRaw = false
    }

    /// Opens the rasters of some bands as one dataset, as those of a ``SceneStack``. It has all bands of
    /// the item, so their numbers hold in it; those that were not asked for hold nothing.
    ///
    /// What the item says of samples counts where the files say nothing.
    ///
    /// - Throws: what opening a file throws, ``StackError``, or ``RasterError`` where an item and a file
    ///   contradict each other.
    func open(_ reading: Reading, _ facts: inout SceneStack.Facts) throws -> GDALDataset {
        GDAL.start
        var slots = [StackPart?](repeating: nil, count: bands.count)
        for (number, role) in zip(reading.bands, reading.roles) {
            let band = bands[number - 1]
            let path = try path(of: band)
            let isOpen = slots.first { $0.map { FileName($0.path) == FileName(path) } ?? false }
            let part = try part(of: band, path, sharing: isOpen ?? nil)
            try check(part, band, shows: reading.isChosen ? nil : role, isRaw: reading.isRaw)
            slots[number - 1] = part
        }
        let dataset = try SceneStack.join(slots, &facts)
        for (index, band) in bands.enumerated() {
            let handle = unsafe GDALGetRasterBand(dataset.handle, Int32(index + 1))
            let name = band.title == band.asset ? band.title : "\(band.title) (\(band.asset))"
            unsafe GDALSetDescription(handle, name.shown)
            guard let unit = band.unit else { continue }
            unsafe GDALSetRasterScale(handle, Double(unit.scale))
            unsafe GDALSetRasterOffset(handle, Double(unit.offset))
        }
        return dataset
    }

    /// Which asset is what, as a sentence.
    func note(roles: [BandRole], bands numbers: [Int]) -> String? {
        let parts = zip(roles, numbers).filter { $0.0 != .other }.map { role, number in
            "\(role.rawValue) is \(bands[number - 1].description)"
        }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    /// Opens a raster that the item names.
    ///
    /// What an item on a server names must be a GeoTIFF or JPEG 2000: a VRT and other forms may name any
    /// file of this machine, which such an item may not.
    ///
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    func raster(_ path: String) throws -> GDALDataset {
        guard ItemText.isAddress(self.path) else { return try SceneReader.open(path) }
        let dataset: GDALDataset
        do {
            dataset = try GDALDataset(reading: path, isForeign: true)
        } catch {
            // Empty where there is nothing.
            let head = GDAL.head(of: path) ?? []
            guard !head.isEmpty, TIFFCheck.byteOrder(head: head) == nil, !JP2Check.isJP2(head: head)
            else {
                throw RasterError.notReadable(path: path, reason: error.description)
            }
            throw RasterError.notARaster(
                path: path,
                reason: "it is neither GeoTIFF nor JPEG 2000, and an item on a server may name "
                    + "nothing else")
        }
        guard dataset.bandCount > 0 else {
            throw RasterError.notARaster(path: path, reason: "it holds no bands of pixels itself")
        }
        return dataset
    }

    private func part(
        of band: Band, _ path: String, sharing other: StackPart?
    ) throws -> StackPart {
        let dataset: GDALDataset
        if let other {
            unsafe GDALReferenceDataset(other.dataset.handle)
            dataset = unsafe GDALDataset(owning: other.dataset.handle)
        } else {
            dataset = try raster(path)
        }
        // An item need not list a band of opacity.
        let data = dataset.dataBands
        guard band.count == dataset.bandCount || band.count == data.count else {
            throw contradiction(
                band,
                "it lists \(band.count == 1 ? "one band" : "\(band.count) bands"), and the file has "
                    + "\(dataset.bandCount)")
        }
        let number =
            band.count == dataset.bandCount ? band.position : data[band.position - 1]
        let part = try StackPart(path: path, dataset: dataset, band: number)
        part.nodata = band.nodata
        return part
    }

    /// Refuses what an item and a file tell differently: one of them is wrong, and the map with it.
    ///
    /// - Parameter role: what the band is taken for; nil if the user decided that.
    private func check(
        _ part: StackPart, _ band: Band, shows role: BandRole?, isRaw: Bool
    ) throws(RasterError) {
        if let flaw = band.flaw {
            throw .notARaster(path: path, reason: "of “\(band.asset.shown)”, \(flaw)")
        }
        let handle = unsafe part.handle
        let type = unsafe SampleType(gdal: GDALGetRasterDataType(handle))
        if let told = band.dataType, let type, told != type.rawValue {
            throw contradiction(
                band, "its samples are \(told.shown), and the file's \(type.rawValue)")
        }
        var has: Int32 = 0
        let nodata = unsafe GDALGetRasterNoDataValue(handle, &has)
        if let told = band.nodata, has != 0, Float(told) != Float(nodata),
            !(told.isNaN && nodata.isNaN)
        {
            throw contradiction(band, "its nodata value is \(told), and the file's \(nodata)")
        }
        if let told = band.unit, !isRaw, type != .uint8 {
            var hasOffset: Int32 = 0
            _ = unsafe GDALGetRasterScale(handle, &has)
            _ = unsafe GDALGetRasterOffset(handle, &hasOffset)
            let own = unsafe BandUnit(of: handle)
            if has != 0 || hasOffset != 0, own != told {
                throw contradiction(
                    band, "it has \(told), and the file \(own)",
                    way: "give --samples raw to read samples as they lie, ")
            }
        }
        guard let role else { return }
        let summary = part.dataset.bandSummaries[part.band - 1]
        let own = SceneStack.Told(summary, sensor: part.dataset.sensor)
        guard own != .nothing, own != .role(role) else { return }
        throw .bands(
            path: path,
            reason: """
                “\(band.asset.shown)” is \(role.rawValue) by the item, and \(own.description) by what \
                band \(part.band) of the file says; tell which is right with --bands
                """)
    }

    private func contradiction(
        _ band: Band, _ difference: String, way: String = ""
    ) -> RasterError {
        .notARaster(
            path: path,
            reason: """
                the item and the file of “\(band.asset.shown)” contradict each other: by the item \
                \(difference); \(way)mend the item, or give the files themselves, with --stack
                """)
    }
}
