/// The file of one part of a map, as ``PartWriter`` has made it.
struct PartReader {
    /// Of a header, beyond which a file is damaged.
    private static let mostText = 64 << 20

    let path: String
    let header: PartHeader
    private let stamp: FileStamp
    /// Where rows end.
    private let end: Int

    /// - Throws: ``PartError`` or ``FileError``.
    init(_ path: String) throws {
        let file = try InputFile(path)
        self.path = path
        stamp = file.stamp
        let (start, mark) = (PartWriter.start, PartWriter.end)
        guard try file.read(upTo: start.count, at: 0) == start else {
            throw PartError.notAPart(path: path)
        }
        let tail = PartialEntry.hashBytes + PartWriter.lengthBytes + mark.count
        guard file.size >= start.count + tail else { throw PartError.damaged(path: path) }
        let bytes = try file.read(file.size - tail..<file.size)
        let (hash, rest) = (
            bytes.prefix(PartialEntry.hashBytes), bytes.dropFirst(PartialEntry.hashBytes)
        )
        let length = rest.prefix(PartWriter.lengthBytes).reversed()
            .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard rest.dropFirst(PartWriter.lengthBytes).elementsEqual(mark),
            length <= UInt64(min(Self.mostText, file.size - start.count - tail))
        else { throw PartError.damaged(path: path) }
        end = file.size - tail - Int(length)
        let text = try file.read(end..<file.size - tail)
        guard hash.elementsEqual(SHA256.hex(text).utf8), let header = PartHeader(parsing: text)
        else { throw PartError.damaged(path: path) }
        self.header = header
    }

    /// Hands on all windows of pixels.
    ///
    /// - Throws: ``PartError`` if they are not what their hashes say, or not all that the part has to
    ///   hold; what `body` throws, too, and ``FileError``.
    func forEach(_ body: (PartialEntry) throws -> Void) throws {
        let file = try InputFile(path)
        guard file.stamp == stamp else { throw PartError.damaged(path: path) }
        let whole = PixelWindow(
            x: 0, y: 0, width: header.frame.width, height: header.frame.height)
        var areas = [FinishedArea](repeating: FinishedArea(), count: header.encodings.count)
        var place = PartWriter.start.count
        while place < end {
            let entry = try PartialEntry.read(
                at: place, in: header.window ?? whole, pixelBytes: header.pixelBytes
            ) { count, offset in
                offset + count <= end ? try file.read(offset..<offset + count) : nil
            }
            guard let entry, header.window != nil, !areas[entry.encoder].overlaps(entry.window)
            else { throw PartError.damaged(path: path) }
            areas[entry.encoder].add(entry.window)
            try body(entry)
            place = entry.end
        }
        guard place == end, areas.allSatisfy({ $0.count == header.window?.count ?? 0 }) else {
            throw PartError.damaged(path: path)
        }
    }
}
