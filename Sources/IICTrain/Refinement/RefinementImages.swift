package import IICInfer

/// The images that a refinement's pixels are drawn from.
package struct RefinementImages {
    let count: Int
    let size: (_ image: Int) throws -> (width: Int, height: Int)
    let read: (_ image: Int, _ window: PixelWindow) throws -> (values: [Float], valid: [UInt8])

    /// - Parameter read: as ``TrainingSource/read(image:window:)``.
    package init(
        count: Int, size: @escaping (_ image: Int) throws -> (width: Int, height: Int),
        read:
            @escaping (_ image: Int, _ window: PixelWindow) throws -> (
                values: [Float], valid: [UInt8]
            )
    ) {
        self.count = count
        self.size = size
        self.read = read
    }

    package init(_ source: any TrainingSource) {
        self.init(
            count: source.imageCount, size: { try source.size(ofImage: $0) },
            read: { try source.read(image: $0, window: $1) })
    }

    /// A part of an image, whose pixels are drawn together.
    struct Part: Hashable {
        var image: Int
        var width: Int
        var height: Int
        var window: PixelWindow
    }

    /// Pixels a side of a part, at most: the paper's tiles are one.
    static let side = 200
    /// Images that are looked at whole; of more, only some.
    private static let few = 64
    /// Parts that are put in order; of more, some are drawn.
    private static let most = 1 << 20

    /// Parts drawn at random, none twice, until they have about so many pixels. All pixels are as
    /// likely to be in one: parts at an image's border are as good as others, since a network that
    /// sees beyond it sees there what it sees in a map.
    func parts(pixels: Int, random: inout SplitMix64) throws -> [Part] {
        var parts: [Part] = []
        var rest = pixels
        if count <= Self.few {
            let sizes = try (0..<count).map { try size($0) }
            let grids = sizes.map { Self.grid(width: $0.width, height: $0.height) }
            let total = grids.reduce(0) { $0 + $1.columns * $1.rows }
            for place in Self.places(of: total, random: &random) {
                guard rest > 0 else { break }
                var (image, index) = (0, place)
                while index >= grids[image].columns * grids[image].rows {
                    index -= grids[image].columns * grids[image].rows
                    image += 1
                }
                parts.append(Self.part(index, of: image, sizes[image]))
                rest -= parts[parts.count - 1].window.count
            }
            return parts
        }
        for image in random.permutation(count) where rest > 0 {
            let size = try size(image)
            let grid = Self.grid(width: size.width, height: size.height)
            parts.append(
                Self.part(random.index(below: grid.columns * grid.rows), of: image, size))
            rest -= parts[parts.count - 1].window.count
        }
        return parts
    }

    /// Places below `total` in random order; of very many, some.
    private static func places(of total: Int, random: inout SplitMix64) -> [Int] {
        guard total > most else { return random.permutation(total) }
        var seen: Set<Int> = []
        while seen.count < 1 << 16 { seen.insert(random.index(below: total)) }
        // A set has no order.
        let places = seen.sorted()
        return random.permutation(places.count).map { places[$0] }
    }

    private static func grid(width: Int, height: Int) -> (columns: Int, rows: Int) {
        ((width + side - 1) / side, (height + side - 1) / side)
    }

    private static func part(_ index: Int, of image: Int, _ size: (width: Int, height: Int)) -> Part
    {
        let grid = grid(width: size.width, height: size.height)
        let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
        func range(_ place: Int, _ count: Int, _ length: Int) -> Range<Int> {
            length * place / count..<length * (place + 1) / count
        }
        let (x, y) = (range(column, grid.columns, size.width), range(row, grid.rows, size.height))
        return Part(
            image: image, width: size.width, height: size.height,
            window: PixelWindow(
                x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count))
    }
}
