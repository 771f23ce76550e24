package import IICInfer

/// Draws chips of one scene. One thread at a time, as its reader.
///
/// Memory: 256 rows of a chip's pixels at most, and the picture; nothing is kept between two chips.
package final class ChipPainter {
    package let scene: SceneReader
    package let stretch: ChipStretch

    /// Pixels beyond the scene and without data: a hatch, which no scene has.
    private static let hatch: [[UInt8]] = [[134, 134, 134], [142, 142, 142]]
    /// Rows of a scene that are read at once, at most.
    private static let rowsAtOnce = 256

    /// - Parameter stretch: measured in the scene unless given.
    /// - Throws: ``RasterError``.
    package init(_ scene: SceneReader, stretch: ChipStretch? = nil) throws {
        self.scene = scene
        self.stretch = try stretch ?? ChipStretch(of: scene)
        precondition(self.stretch.bands.count == scene.bands.count)
    }

    /// Opens a scene of its own.
    ///
    /// - Parameters:
    ///   - roles: as a model has them.
    ///   - bands: the user's choice, from 1; found by what the scene tells if nil.
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    package convenience init(path: String, roles: [BandRole], bands: [Int]? = nil) throws {
        try self.init(SceneReader(path: path, roles: roles, bands: bands))
    }

    /// What can be shown: infrared only where there is some.
    package var renderings: [Chip.Rendering] {
        Chip.Rendering.allCases.filter { $0 != .infrared || infraredBands != nil }
    }

    /// - Throws: ``RasterError``, or what GDAL says if it cannot make a PNG.
    package func png(_ chip: Chip) throws -> [UInt8] { try picture(chip).png }

    /// The chip; without infrared its true colour is shown instead.
    ///
    /// - Throws: ``RasterError``.
    package func picture(_ chip: Chip) throws -> Picture {
        let side = chip.side
        var picture = Picture(width: side, height: side)
        let cells = side / chip.cell
        let block = chip.block(longest: max(scene.fileWidth, scene.fileHeight))
        let extent = cells * block
        let atOnce = max(1, Self.rowsAtOnce / block)
        for first in stride(from: 0, to: cells, by: atOnce) {
            let rows = min(atOnce, cells - first)
            let window = PixelWindow(
                x: chip.x - extent / 2, y: chip.y - extent / 2 + first * block, width: extent,
                height: rows * block)
            let colours = try colours(window, block: block, rendering: chip.rendering)
            for row in 0..<rows * chip.cell {
                let y = first * chip.cell + row
                for x in 0..<side {
                    picture.set(
                        y * side + x,
                        colours[row / chip.cell * cells + x / chip.cell]
                            ?? Self.hatch[(x + y) / 4 % 2])
                }
            }
        }
        if chip.hasCross { CrossHair(chip, block: block).draw(on: &picture) }
        return picture
    }

    /// The colour of each cell of a window; nil without data.
    func colours(
        _ window: PixelWindow, block: Int, rendering: Chip.Rendering
    ) throws -> [[UInt8]?] {
        let channels = scene.bands.count
        var values = [Float](repeating: 0, count: window.count * channels)
        var valid = [UInt8](repeating: 0, count: window.count)
        do {
            var span = values.mutableSpan
            var marks = valid.mutableSpan
            try scene.readFile(window, into: &span, valid: &marks)
        }
        let bands = (rendering == .infrared ? infraredBands : nil) ?? trueBands
        let (columns, rows) = (window.width / block, window.height / block)
        return (0..<rows * columns).map { cell in
            var sums: [Float] = [0, 0, 0]
            var count: Float = 0
            for row in 0..<block {
                let first = (cell / columns * block + row) * window.width + cell % columns * block
                for pixel in first..<first + block where valid[pixel] != 0 {
                    for (place, band) in bands.enumerated() {
                        sums[place] += values[pixel * channels + band]
                    }
                    count += 1
                }
            }
            guard count > 0 else { return nil }
            return bands.enumerated().map { stretch.brightness(sums[$0] / count, band: $1) }
        }
    }

    private func places(_ roles: [BandRole]) -> [Int]? {
        let found = roles.compactMap { scene.roles.firstIndex(of: $0) }
        return found.count == roles.count ? found : nil
    }

    private var infraredBands: [Int]? { places([.infrared, .red, .green]) }

    /// A scene without colours has its first three bands, or the first one in gray.
    private var trueBands: [Int] {
        places([.red, .green, .blue]) ?? infraredBands
            ?? (scene.bands.count >= 3 ? [0, 1, 2] : [0, 0, 0])
    }
}
