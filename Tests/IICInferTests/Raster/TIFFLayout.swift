import Testing

/// Where the parts of a TIFF lie: what GDAL's `validate_cloud_optimized_geotiff` looks at, read by
/// hand.
struct TIFFLayout {
    /// One image of the file.
    struct Page {
        let offset: Int
        let width: Int
        let height: Int
        /// 0 if it is not tiled.
        let tileWidth: Int
        /// First bytes of its blocks that are there.
        let blocks: [Int]
    }

    let pages: [Page]
    /// What stands between the header and the first page.
    let preface: String

    /// - Throws: for what is no little-endian TIFF.
    init(_ bytes: [UInt8]) throws {
        try #require(bytes.starts(with: [0x49, 0x49]))
        let isBig = bytes[2] == 43
        func number(_ offset: Int, _ size: Int) throws -> Int {
            try #require(offset >= 0 && offset + size <= bytes.count)
            var value = 0
            for index in (offset..<offset + size).reversed() {
                value = value << 8 | Int(bytes[index])
            }
            return value
        }
        func values(_ entry: Int) throws -> [Int] {
            let type = try number(entry + 2, 2)
            let size = [3: 2, 4: 4, 16: 8][type] ?? 1
            let count = try number(entry + 4, isBig ? 8 : 4)
            let field = entry + (isBig ? 12 : 8)
            let room = isBig ? 8 : 4
            let start = size * count <= room ? field : try number(field, room)
            return try (0..<count).map { try number(start + size * $0, size) }
        }
        var next = try number(isBig ? 8 : 4, isBig ? 8 : 4)
        preface = String(
            decoding: bytes[(isBig ? 16 : 8)..<max(next, isBig ? 16 : 8)], as: UTF8.self)
        var pages: [Page] = []
        while next != 0 {
            let count = try number(next, isBig ? 8 : 2)
            let first = next + (isBig ? 8 : 2)
            let length = isBig ? 20 : 12
            var tags: [Int: [Int]] = [:]
            for index in 0..<count {
                let entry = first + index * length
                let tag = try number(entry, 2)
                if [256, 257, 273, 322, 324].contains(tag) { tags[tag] = try values(entry) }
            }
            pages.append(
                Page(
                    offset: next, width: tags[256]?.first ?? 0, height: tags[257]?.first ?? 0,
                    tileWidth: tags[322]?.first ?? 0,
                    blocks: (tags[324] ?? tags[273] ?? []).filter { $0 != 0 }))
            next = try number(first + count * length, isBig ? 8 : 4)
        }
        self.pages = pages
    }

    /// Why it is not cloud-optimised; nil if it is.
    var problem: String? {
        guard preface.contains("LAYOUT=IFDS_BEFORE_DATA") else { return "no structural metadata" }
        for (page, next) in zip(pages, pages.dropFirst()) {
            guard next.offset > page.offset else { return "pages are not in order" }
            guard next.width == (page.width + 1) / 2, next.height == (page.height + 1) / 2 else {
                return "an overview of \(next.width) × \(next.height) after \(page.width) × "
                    + "\(page.height)"
            }
            guard let first = page.blocks.first, let other = next.blocks.first, other < first
            else { return "an overview's data do not come before the larger one's" }
        }
        for page in pages {
            guard page.tileWidth > 0 else { return "a page is not tiled" }
            guard page.blocks == page.blocks.sorted() else { return "blocks are not in order" }
            guard page.blocks.allSatisfy({ $0 > pages.last?.offset ?? 0 }) else {
                return "data come before a page"
            }
        }
        guard let last = pages.last, max(last.width, last.height) <= 512 else {
            return "overviews are missing"
        }
        return nil
    }
}
