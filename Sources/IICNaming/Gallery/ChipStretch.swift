package import IICInfer

/// What is black and what is white in a scene's chips, so that they all have one light.
///
/// Each band's darkest values are black, which takes the haze away; the visible bands then have one
/// gain, which keeps their hues. Infrared, far brighter over plants, has its own.
package struct ChipStretch: Hashable, Sendable {
    /// One a band, in the reader's order: the value that is black, and how much above it is white.
    package var bands: [Band]

    package struct Band: Hashable, Sendable {
        package var black: Float
        package var span: Float
    }

    package init(bands: [Band]) { self.bands = bands }

    /// Shares of the pixels that are darker than black, and lighter than white.
    private static let (dark, light) = (0.01, 0.02)
    /// Windows across a scene, and pixels on a side of each.
    private static let (windows, side) = (12, 16)
    /// Valid pixels that are enough.
    private static let enough = 1000

    /// From windows that lie evenly in the scene: 144, or 1296 where those are nearly empty.
    ///
    /// - Throws: ``RasterError``.
    package init(of scene: SceneReader) throws {
        var values = try Self.values(of: scene, across: Self.windows)
        if values[0].count < Self.enough {
            values = try Self.values(of: scene, across: 3 * Self.windows)
        }
        bands = values.map { values in
            let sorted = values.sorted()
            guard let last = sorted.last else { return Band(black: 0, span: 1) }
            let black = sorted[Int(Double(sorted.count) * Self.dark)]
            let white = sorted[Int(Double(sorted.count - 1) * (1 - Self.light))]
            let span = white > black ? white - black : last - black
            return Band(black: black, span: span > 0 && span.isFinite ? span : 1)
        }
        let visible = bands.indices.filter { [.red, .green, .blue].contains(scene.roles[$0]) }
        if let widest = visible.map({ bands[$0].span }).max() {
            for band in visible { bands[band].span = widest }
        }
    }

    private static func values(of scene: SceneReader, across: Int) throws -> [[Float]] {
        let channels = scene.bands.count
        var sample = [[Float]](repeating: [], count: channels)
        let columns = max(1, min(across, scene.fileWidth / side))
        let rows = max(1, min(across, scene.fileHeight / side))
        var values = [Float](repeating: 0, count: side * side * channels)
        var valid = [UInt8](repeating: 0, count: side * side)
        for window in 0..<rows * columns {
            let (row, column) = (window / columns, window % columns)
            let place = PixelWindow(
                x: (2 * column + 1) * scene.fileWidth / (2 * columns) - side / 2,
                y: (2 * row + 1) * scene.fileHeight / (2 * rows) - side / 2,
                width: side, height: side)
            do {
                var span = values.mutableSpan
                var marks = valid.mutableSpan
                try scene.readFile(place, into: &span, valid: &marks)
            }
            for pixel in valid.indices where valid[pixel] != 0 {
                for band in 0..<channels { sample[band].append(values[pixel * channels + band]) }
            }
        }
        return sample
    }

    /// 0…255 for a value of a band.
    func brightness(_ value: Float, band: Int) -> UInt8 {
        let share = (value - bands[band].black) / bands[band].span
        // Square roots lighten what is dark as screens and eyes expect it; this is half-way to them.
        let clipped = max(0, min(1, share))
        return UInt8(((clipped + clipped.squareRoot()) * 127.5).rounded())
    }
}
