internal import CGDAL

extension SceneStack {
    /// What a stack's dataset does not tell.
    struct Facts {
        /// What users should know of it, as sentences.
        var notes: [String] = []
        /// Of the first file: how rows are decoded.
        var blockSize = (width: 0, height: 0)
        /// Bytes of the largest decoded block of any file.
        var largestBlockBytes = 0
    }

    /// Opens all files as one dataset on the grid of the finest: a VRT in memory, which reads the files
    /// and keeps them open.
    ///
    /// A file on a coarser grid is brought to it bilinearly. A mask becomes a band of opacity, behind
    /// those of all files.
    ///
    /// - Throws: what opening a file throws, or ``StackError``.
    func open(_ facts: inout Facts) throws -> GDALDataset {
        GDAL.start
        return try Self.join(try files.map { try StackPart(path: $0) }, &facts)
    }

    /// The same of open parts, one a band.
    ///
    /// - Parameter slots: nil for a band that is only counted; one at least is none.
    static func join(_ slots: [StackPart?], _ facts: inout Facts) throws -> GDALDataset {
        let parts = slots.compactMap(\.self)
        let finest = parts.dropFirst().reduce(parts[0]) {
            $1.pixelArea < $0.pixelArea * 0.999 ? $1 : $0
        }
        var known: Set<FileName> = []
        for part in parts {
            let isElsewhere = try part.isElsewhere(than: finest)
            try part.place(on: finest, isElsewhere: isElsewhere)
            guard known.insert(FileName(part.path)).inserted else { continue }
            if isElsewhere {
                facts.notes.append(
                    """
                    “\(part.path)” has \(part.width) × \(part.height) pixels and is brought to the \
                    \(finest.width) × \(finest.height) of “\(finest.path)”, bilinearly.
                    """)
            }
            facts.largestBlockBytes = max(facts.largestBlockBytes, part.dataset.largestBlockBytes)
            facts.notes += [Sidecars.warning(part.path)].compactMap(\.self)
        }
        facts.blockSize = parts[0].dataset.blockSize(band: parts[0].band)
        guard let handle = unsafe VRTCreate(Int32(finest.width), Int32(finest.height)) else {
            throw StackError.failed(path: finest.path, reason: GDALError.last().description)
        }
        let stack = unsafe GDALDataset(owning: handle)
        for domain: String? in [nil, "IMAGERY", "EXIF"] {
            unsafe GDALSetMetadata(
                stack.handle, GDALGetMetadata(parts[0].dataset.handle, domain), domain)
        }
        do {
            try finest.georeference.apply(to: stack)
        } catch {
            throw StackError.failed(path: finest.path, reason: error.description)
        }
        for part in slots {
            if let part {
                try Self.add(part, to: stack)
            } else {
                let type = unsafe GDALGetRasterDataType(parts[0].handle)
                unsafe VRTAddBand(stack.handle, type, nil)
            }
        }
        for part in parts where part.isMasked { try Self.addOpacity(of: part, to: stack) }
        return stack
    }

    private static func add(
        _ part: StackPart, to stack: borrowing GDALDataset
    ) throws(StackError) {
        let own = unsafe part.handle
        let band = try unsafe newBand(
            of: part, type: GDALGetRasterDataType(own), from: part.source(), in: stack)
        var has: Int32 = 0
        var nodata = unsafe GDALGetRasterNoDataValue(own, &has)
        if let told = part.nodata { (nodata, has) = (told, 1) }
        if has != 0 && !part.hasMask { unsafe GDALSetRasterNoDataValue(band, nodata) }
        let scale = unsafe GDALGetRasterScale(own, &has)
        if has != 0 { unsafe GDALSetRasterScale(band, scale) }
        let offset = unsafe GDALGetRasterOffset(own, &has)
        if has != 0 { unsafe GDALSetRasterOffset(band, offset) }
        unsafe GDALSetDescription(band, GDALGetDescription(own))
        unsafe GDALSetRasterColorInterpretation(band, GDALGetRasterColorInterpretation(own))
        for domain in [nil, "IMAGERY"] as [String?] {
            if let items = unsafe GDALGetMetadata(own, domain) {
                unsafe GDALSetMetadata(band, items, domain)
            }
        }
        // Samples are signed where this says so.
        if let type = unsafe GDALGetMetadataItem(own, "PIXELTYPE", "IMAGE_STRUCTURE") {
            unsafe GDALSetMetadataItem(band, "PIXELTYPE", type, "IMAGE_STRUCTURE")
        }
    }

    private static func addOpacity(
        of part: StackPart, to stack: borrowing GDALDataset
    ) throws(StackError) {
        let source = unsafe part.source(ofOpacity: true)
        let band = try unsafe newBand(
            of: part, type: GDALGetRasterDataType(source), from: source, in: stack)
        unsafe GDALSetRasterColorInterpretation(band, GCI_AlphaBand)
    }

    /// Adds a band that reads `source`, whose dataset it keeps open.
    private static func newBand(
        of part: StackPart, type: GDALDataType, from source: GDALRasterBandH?,
        in stack: borrowing GDALDataset
    ) throws(StackError) -> GDALRasterBandH? {
        GDALError.reset()
        let (width, height) = (Int32(stack.width), Int32(stack.height))
        guard let source = unsafe source,
            unsafe VRTAddBand(stack.handle, type, nil) == 0
        else { throw .failed(path: part.path, reason: GDALError.last().description) }
        let band = unsafe GDALGetRasterBand(stack.handle, Int32(stack.bandCount))
        let status = unsafe VRTAddSimpleSource(
            band, source, 0, 0, width, height, 0, 0, width, height, "near", VRT_NODATA_UNSET)
        guard status == CE_None else {
            throw .failed(path: part.path, reason: GDALError.last().description)
        }
        return unsafe band
    }
}
