internal import CGDAL

extension MapWriter {
    /// Reads a rectangle of labels as they are now, before the map is prepared.
    ///
    /// - Parameter labels: `(H, W)`, the first of them overwritten; made longer if it must be.
    /// - Throws: ``AtomicFileError``.
    /// - Precondition: the window lies in the map.
    func read(_ window: PixelWindow, into labels: inout [UInt8]) throws(AtomicFileError) {
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        if labels.count < window.count {
            labels = [UInt8](repeating: Self.nodata, count: window.count)
        }
        CPLErrorReset()
        let status = unsafe GDALRasterIO(
            band(), GF_Read, Int32(window.x), Int32(window.y), Int32(window.width),
            Int32(window.height), &labels, Int32(window.width), Int32(window.height), GDT_Byte, 0,
            0)
        guard status == CE_None else { throw .writing(path, after: .last()) }
    }

    /// Cleans the labels up and counts them anew, once all are there.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked often.
    /// - Throws: ``AtomicFileError``, ``Interrupted``, or
    ///   ``SegmentError/sieveMemory(fragments:limit:least:)``.
    func apply(
        _ cleanUp: CleanUp, memory: FinishingMemory, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws {
        guard cleanUp.isOn else { return }
        if let size = cleanUp.filter {
            let part = cleanUp.sieve == nil ? 1 : 0.5
            try filter(size: size) { share in
                if isCancelled() { throw Interrupted() }
                progress(part * share)
            }
        }
        if let pixels = cleanUp.sieve {
            let start = cleanUp.filter == nil ? 0 : 0.5
            try makeRoom(memory, isCancelled: isCancelled)
            defer { GDAL.limitCache(bytes: MemoryBudget.leastCache) }
            try sieve(pixels: pixels) { share in
                progress(start + share * (1 - start))
                return !isCancelled()
            }
        }
        try recount(isCancelled: isCancelled)
    }

    private func filter(size: Int, progress: (_ share: Double) throws -> Void) throws {
        try MajorityFilter(size: size, classes: classes).apply(
            width: width, height: height, read: { try read($0, into: &$1) },
            write: { try replace($0, window: $1) }, progress: progress)
    }

    /// Writes labels in the place of others, which the counts do not follow.
    private func replace(_ labels: Span<UInt8>, window: PixelWindow) throws(AtomicFileError) {
        CPLErrorReset()
        // GDAL's write does not change the buffer, though its type allows it to.
        let status = unsafe labels.withUnsafeBytes { buffer in
            unsafe GDALRasterIO(
                band(), GF_Write, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                Int32(window.width), Int32(window.height), GDT_Byte, 0, 0)
        }
        guard status == CE_None else { throw .writing(path, after: .last()) }
    }

    /// Gives GDAL the cache that sieving takes, or refuses a map of more patches than memory allows.
    private func makeRoom(_ memory: FinishingMemory, isCancelled: () -> Bool) throws {
        var need = SieveNeed(width: width, fragments: 0)
        var last = [UInt8](repeating: Self.nodata, count: width)
        try forEachRows { labels, window in
            if isCancelled() { throw Interrupted() }
            for row in 0..<window.height {
                let line = labels.extracting(row * width..<(row + 1) * width)
                if row == 0 {
                    need.fragments += SieveNeed.fragments(of: line, above: last.span)
                } else {
                    let above = labels.extracting((row - 1) * width..<row * width)
                    need.fragments += SieveNeed.fragments(of: line, above: above)
                }
            }
            let start = (window.height - 1) * width
            for column in 0..<width { last[column] = labels[start + column] }
        }
        guard need.bytes <= memory.free, need.fragments < SieveNeed.mostFragments else {
            throw SegmentError.sieveMemory(
                fragments: need.fragments, limit: memory.limit,
                least: memory.limit - memory.free + need.bytes)
        }
        GDAL.limitCache(bytes: MemoryBudget.leastCache + need.cacheBytes)
    }

    /// - Parameter goOn: told the share that is done, 0…1; false to stop.
    private func sieve(pixels: Int, goOn: (_ share: Double) -> Bool) throws {
        CPLErrorReset()
        var stopped = false
        let status = withoutActuallyEscaping(goOn) { goOn in
            let watch = GDALWatch(goOn: goOn)
            // The mask is that of the nodata value: what has no data is no patch and joins none.
            let status = unsafe GDALSieveFilter(
                band(), GDALGetMaskBand(band()), band(), Int32(clamping: pixels), 4, nil,
                { share, _, watch in
                    guard let watch = unsafe watch else { return 1 }
                    return unsafe Unmanaged<GDALWatch>.fromOpaque(watch).takeUnretainedValue()
                        .tell(share)
                }, Unmanaged.passUnretained(watch).toOpaque())
            stopped = watch.stopped
            return status
        }
        if stopped { throw Interrupted() }
        guard status == CE_None else { throw AtomicFileError.writing(path, after: .last()) }
    }
}
