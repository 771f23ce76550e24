/// A window of an encoder's pixels in a ``PartialFile``: its place, the pixels, the hash of both.
struct PartialEntry {
    /// Six numbers of 64 bits, the lowest byte first: encoder, window, bytes of pixels.
    static let placeBytes = 48
    static let hashBytes = 64
    /// Larger windows are not kept: what a damaged file claims to hold must not take the memory.
    static let mostBytes = 64 << 20

    let encoder: Int
    let window: PixelWindow
    let pixels: [UInt8]
    /// The file's byte behind it.
    let end: Int

    static func place(encoder: Int, window: PixelWindow, count: Int) -> [UInt8] {
        [encoder, window.x, window.y, window.width, window.height, count].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
    }

    /// What ``place(encoder:window:count:)`` was made of.
    static func numbers(_ place: [UInt8]) -> [Int] {
        (0..<placeBytes / 8).map { index in
            (0..<8).reduce(0) { $0 | Int(place[8 * index + $1]) << (8 * $1) }
        }
    }

    static func hash(_ place: [UInt8], _ pixels: Span<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(place.span)
        hash.update(pixels)
        return Array(hash.hex().utf8)
    }

    /// The bytes that stand for a window of pixels.
    static func bytes(of pixels: Span<UInt8>, encoder: Int, window: PixelWindow) -> [UInt8] {
        // One byte stands for a window of equal ones, such as one without data.
        let stored = pixels.extracting(0..<(pixels.isAll(pixels[0]) ? 1 : pixels.count))
        let place = place(encoder: encoder, window: window, count: stored.count)
        var bytes = place
        bytes.reserveCapacity(place.count + stored.count + hashBytes)
        unsafe stored.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        return bytes + hash(place, stored)
    }

    /// Reads the entry that begins at a byte of a file.
    ///
    /// - Parameters:
    ///   - whole: where windows may lie.
    ///   - pixelBytes: of each encoder.
    ///   - read: so many bytes from an offset on; nil where there are fewer.
    /// - Returns: nil if there is no whole one.
    static func read(
        at offset: Int, in whole: PixelWindow, pixelBytes: [Int],
        read: (_ count: Int, _ offset: Int) throws -> [UInt8]?
    ) rethrows -> PartialEntry? {
        guard let place = try read(placeBytes, offset) else { return nil }
        let numbers = numbers(place)
        let (encoder, count) = (numbers[0], numbers[5])
        let window = PixelWindow(
            x: numbers[1], y: numbers[2], width: numbers[3], height: numbers[4])
        guard pixelBytes.indices.contains(encoder), pixelBytes[encoder] > 0,
            (whole.x..<whole.x + whole.width).contains(window.x),
            (whole.y..<whole.y + whole.height).contains(window.y),
            (1...whole.x + whole.width - window.x).contains(window.width),
            (1...whole.y + whole.height - window.y).contains(window.height)
        else { return nil }
        let (all, overflow) = window.count.multipliedReportingOverflow(by: pixelBytes[encoder])
        guard !overflow, all <= mostBytes, count == all || count == 1,
            let pixels = try read(count, offset + place.count),
            try read(hashBytes, offset + place.count + count) == hash(place, pixels.span)
        else { return nil }
        return PartialEntry(
            encoder: encoder, window: window,
            pixels: count == all ? pixels : [UInt8](repeating: pixels[0], count: all),
            end: offset + place.count + count + hashBytes)
    }
}
