import IICInfer

/// Pixels drawn from scenes, with what describes them: what clusters are found in, proposals are
/// taken from, and areas are estimated with.
package struct NamingSample: Sendable {
    package let pixels: [ScenePixel]
    /// `(n, dimensions)`, as ``NamingScenes`` describes pixels.
    package let values: [Float]
    package let dimensions: Int
    /// Pixels with data that all scenes have, as far as the sample tells.
    package let population: Double

    /// Pixels of a sample, where the scenes have as many.
    package static let size = 40_000
    /// Places where they are drawn, where the scenes have as many.
    private static let places = 96

    /// Draws pixels with data, all as likely; those of one place are drawn together, because scenes are
    /// read in blocks.
    ///
    /// - Throws: ``NamingError/noData`` where there are none, or what reading throws.
    package init(
        of scenes: NamingScenes, seed: UInt64, size: Int = NamingSample.size,
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x5A3))
        let side = NamingScenes.side
        // Cells of all scenes in random order; a large archive has more than are ever looked at.
        let grids = scenes.readers.indices.map { scene in
            let (width, height) = scenes.size(scene)
            return (columns: (width + side - 1) / side, rows: (height + side - 1) / side)
        }
        let total = grids.reduce(0) { $0 + $1.columns * $1.rows }
        var unseen = total <= 1 << 20 ? random.permutation(total) : []
        if total > 1 << 20 {
            var drawn: Set<Int> = []
            while drawn.count < 1 << 14 {
                let cell = random.index(below: total)
                if drawn.insert(cell).inserted { unseen.append(cell) }
            }
        }
        let each = (size + min(total, Self.places) - 1) / min(total, Self.places)
        dimensions = scenes.dimensions
        var (found, values): ([ScenePixel], [Float]) = ([], [])
        // Pixels that were looked at, with data or without.
        var tried = 0
        // Each round brings what the rounds before have left open.
        var next = 0
        while found.count < size, next < unseen.count {
            if isCancelled() { throw Interrupted() }
            let wanted = max(1, (size - found.count + each - 1) / each)
            let cells = unseen[next..<min(next + wanted, unseen.count)]
            next += cells.count
            var drawn: [ScenePixel] = []
            for cell in cells {
                let window = Self.window(cell, grids: grids, scenes: scenes)
                drawn += Self.draw(each, from: window, random: &random)
            }
            let described = try scenes.describe(drawn, isCancelled: isCancelled)
            for (index, pixel) in drawn.enumerated() {
                let row = described[index * dimensions..<(index + 1) * dimensions]
                guard found.count < size else { break }
                tried += 1
                guard !row.contains(where: \.isNaN) else { continue }
                found.append(pixel)
                values += row
            }
        }
        guard !found.isEmpty else { throw NamingError.noData }
        pixels = found
        self.values = values
        let all = scenes.readers.indices.reduce(0.0) { sum, scene in
            let (width, height) = scenes.size(scene)
            return sum + Double(width) * Double(height)
        }
        population = all * Double(found.count) / Double(tried)
    }

    package var count: Int { pixels.count }

    private static func window(
        _ cell: Int, grids: [(columns: Int, rows: Int)], scenes: NamingScenes
    ) -> (scene: Int, window: PixelWindow) {
        var (scene, index) = (0, cell)
        while index >= grids[scene].columns * grids[scene].rows {
            index -= grids[scene].columns * grids[scene].rows
            scene += 1
        }
        let (row, column) = index.quotientAndRemainder(dividingBy: grids[scene].columns)
        let (width, height) = scenes.size(scene)
        let side = NamingScenes.side
        let window = PixelWindow(x: column * side, y: row * side, width: side, height: side)
        return (scene, window.clipped(toWidth: width, height: height))
    }

    /// Some pixels of a window, none twice.
    private static func draw(
        _ count: Int, from place: (scene: Int, window: PixelWindow), random: inout SplitMix64
    ) -> [ScenePixel] {
        let window = place.window
        // A part of a cell at a border has fewer pixels, each as likely as others.
        let side = NamingScenes.side * NamingScenes.side
        let wanted = min(window.count, max(1, count * window.count / side))
        return random.permutation(window.count).prefix(wanted).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: window.width)
            return ScenePixel(scene: place.scene, x: window.x + column, y: window.y + row)
        }
    }
}
