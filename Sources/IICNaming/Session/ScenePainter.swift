import IICInfer

/// Pictures of one scene and of its map for a labelling page. One thread at a time, as its reader.
final class ScenePainter {
    private let chips: ChipPainter
    /// The last picture of a large part: it takes long, and pages ask for it again.
    private var last: (part: ScenePart, png: [UInt8])?

    /// In the scene's pixels.
    static let chipSides: [ChipView: Int] = [.trueColour: 65, .infrared: 65, .wide: 513]
    /// Pixels of a scene by one of the picture from which on single rows of it are read.
    private static let sparse = 4
    /// Pixels of a scene that are held at once.
    private static let mostPixels = 1 << 19

    init(_ scene: SceneReader) throws { chips = try ChipPainter(scene) }

    func chip(_ pixel: ScenePixel, _ view: ChipView) throws -> [UInt8] {
        let zoom = view == .wide ? 1 : 6
        return try chips.png(
            Chip(
                x: pixel.x, y: pixel.y, size: Self.chipSides[view] ?? 65, zoom: zoom,
                rendering: view == .infrared ? .infrared : .trueColour, hasCross: false))
    }

    /// A part of the scene in true colour.
    func picture(_ part: ScenePart) throws -> [UInt8] {
        if let last, last.part == part { return last.png }
        var picture = Picture(width: part.columns, height: part.rows)
        let step = part.height / part.rows
        // Rows of the picture that are read together.
        let rowsAtOnce = min(256, max(1, Self.mostPixels / part.width))
        let atOnce = step >= Self.sparse ? 1 : max(1, rowsAtOnce / max(1, step))
        for first in stride(from: 0, to: part.rows, by: atOnce) {
            let rows = first..<min(part.rows, first + atOnce)
            let tops = rows.map { part.y + ($0 * 2 + 1) * part.height / (2 * part.rows) }
            guard let top = tops.first, let bottom = tops.last else { continue }
            let window = PixelWindow(
                x: part.x, y: top, width: part.width, height: bottom - top + 1)
            let colours = try chips.colours(window, block: 1, rendering: .trueColour)
            for (row, y) in zip(rows, tops) {
                for column in 0..<part.columns {
                    let x = (column * 2 + 1) * part.width / (2 * part.columns)
                    guard let colour = colours[(y - top) * part.width + x] else { continue }
                    picture.set(row * part.columns + column, colour)
                }
            }
        }
        let png = try picture.quickPNG
        last = (part, png)
        return png
    }

    /// Labels of a part's pixels, `(height, width)`, in their colours; transparent where there are none.
    func map(_ labels: [UInt8], _ part: ScenePart, colours: [[UInt8]]) throws -> [UInt8] {
        var picture = Picture(width: part.columns, height: part.rows)
        guard !labels.isEmpty else { return try picture.png }
        for row in 0..<part.rows {
            let y = (row * 2 + 1) * part.height / (2 * part.rows)
            for column in 0..<part.columns {
                let x = (column * 2 + 1) * part.width / (2 * part.columns)
                let label = Int(labels[y * part.width + x])
                guard label < colours.count else { continue }
                picture.set(row * part.columns + column, colours[label])
            }
        }
        return try picture.quickPNG
    }
}
