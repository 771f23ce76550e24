import IICInfer

/// Points at a chip's pixel and leaves it free: a frame around it, and four lines towards it, white
/// with a dark rim, so that they are seen on anything.
struct CrossHair {
    private let side: Int
    /// The pixel's columns and rows in the picture; in a wide chip those of what others show.
    private let box: Range<Int>

    private static let (light, dark): ([UInt8], [UInt8]) = ([255, 255, 255], [16, 16, 16])

    /// - Parameter block: as in ``Chip/block(longest:)``.
    init(_ chip: Chip, block: Int) {
        side = chip.side
        if chip.rendering == .wide {
            let half = chip.size / block / 2
            box = side / 2 - half..<side / 2 + max(1, half)
        } else {
            // The pixel is that right of and below the middle of an even number.
            let first = chip.size / 2 * chip.zoom
            box = first..<first + chip.zoom
        }
    }

    func draw(on picture: inout Picture) {
        let (first, end) = (box.lowerBound, box.upperBound)
        frame(first - 3..<end + 3, of: 3, Self.dark, on: &picture)
        frame(first - 2..<end + 2, of: 1, Self.light, on: &picture)
        let (gap, length) = (max(3, side / 40), side / 8)
        let middle = (first + end - 1) / 2
        let lines = [
            first - 3 - gap - length..<first - 3 - gap, end + 3 + gap..<end + 3 + gap + length,
        ]
        for line in lines {
            for (rim, colour) in [(1, Self.dark), (0, Self.light)] {
                let along = line.lowerBound - rim..<line.upperBound + rim
                let across = middle - rim..<middle + 1 + rim
                picture.fill(columns: along, rows: across, colour)
                picture.fill(columns: across, rows: along, colour)
            }
        }
    }

    /// The rim of a square, so many pixels wide.
    private func frame(
        _ square: Range<Int>, of width: Int, _ colour: [UInt8], on picture: inout Picture
    ) {
        let (first, end) = (square.lowerBound, square.upperBound)
        for edge in [first..<first + width, end - width..<end] {
            picture.fill(columns: square, rows: edge, colour)
            picture.fill(columns: edge, rows: square, colour)
        }
    }
}
