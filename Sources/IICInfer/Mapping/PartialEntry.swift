/// A window of an encoder's pixels in a ``PartialFile``: its place, the pixels, the hash of both.
struct PartialEntry {
    /// Six numbers of 64 bits, the lowest byte first: encoder, window, bytes of pixels.
    static let placeBytes = 48
    static let hashBytes = 64

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
}
