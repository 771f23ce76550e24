import IICInfer

/// Pictures of a scene's windows side by side as they lie on the ground, in true colour and as a map.
struct Mosaic {
    /// Pixels on a side of a picture, about.
    private static let side = 720
    /// Pixels between windows that do not touch each other.
    private static let gap = 3

    private let legend: Legend
    /// Pixels of the scene on a side of one of the picture's.
    private let step: Int
    /// From one window to the next, in pixels of the picture.
    private let pitch: Int
    private let width: Int
    private(set) var image: Picture
    private(set) var map: Picture

    init(_ sample: SceneSample, legend: Legend) {
        self.legend = legend
        let across = max(sample.columns, sample.rows)
        let tile = SceneSample.side
        let step = [1, 2, 4, 5, 8, 10, 20, 25].first { across * tile / $0 <= Self.side } ?? 25
        let pitch = tile / step + (sample.isWhole ? 0 : Self.gap)
        // A scene's last column and row of tiles may be narrower.
        func length(_ count: Int, _ last: Int) -> Int { (count - 1) * pitch + max(1, last / step) }
        let last = sample.places.last?.window
        width = length(sample.columns, sample.isWhole ? last?.width ?? tile : tile)
        let height = length(sample.rows, sample.isWhole ? last?.height ?? tile : tile)
        self.step = step
        self.pitch = pitch
        image = Picture(width: width, height: height)
        map = image
    }

    /// - Throws: ``RasterError``.
    mutating func add(
        _ piece: ClassPiece, at place: SceneSample.Place, painter: ChipPainter
    ) throws {
        let window = piece.window
        let (columns, rows) = (window.width / step, window.height / step)
        guard columns > 0 && rows > 0 else { return }
        var whole = window
        (whole.width, whole.height) = (columns * step, rows * step)
        let colours = try painter.colours(whole, block: step, rendering: .trueColour)
        for y in 0..<rows {
            for x in 0..<columns {
                let target = (place.row * pitch + y) * width + place.column * pitch + x
                if let colour = colours[y * columns + x] { image.set(target, colour) }
                let middle = (y * step + step / 2) * window.width + x * step + step / 2
                if let label = piece.label(middle) {
                    map.set(target, legend.entries[label].colour)
                }
            }
        }
    }
}
