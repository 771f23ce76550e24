package import IICInfer

/// Windows that stand for a scene: all that it consists of, or one drawn in each of some parts of equal
/// size, so that time and memory do not grow with the scene.
package struct SceneSample: Sendable, Equatable {
    /// One window, and where it lies among the others.
    package struct Place: Sendable, Equatable {
        package var column: Int
        package var row: Int
        package var window: PixelWindow
    }

    /// Pixels on a side of a window: a tile, so that `paper` geometry has its own.
    package static let side = 200

    /// Windows across and down.
    package let columns: Int
    package let rows: Int
    /// Row by row.
    package let places: [Place]
    /// Whether they are all of the scene.
    package let isWhole: Bool

    /// - Parameters:
    ///   - width, height: of the scene, in pixels.
    ///   - most: windows, at most.
    ///   - seed: another one draws other windows.
    package init(width: Int, height: Int, most: Int, seed: UInt64) {
        precondition(width > 0 && height > 0 && most > 0, "\(width) × \(height), \(most)")
        let side = Self.side
        let (across, down) = ((width + side - 1) / side, (height + side - 1) / side)
        if across * down <= most {
            (columns, rows) = (across, down)
        } else {
            let even = (Double(most) * Double(across) / Double(down)).squareRoot()
            columns = max(1, min(across, most, Int(even.rounded())))
            rows = max(1, min(down, most / columns))
        }
        isWhole = columns == across && rows == down
        var random = SplitMix64(seed: seed)
        var places: [Place] = []
        for row in 0..<rows {
            for column in 0..<columns {
                // The tiles of this part.
                let x = column * across / columns..<(column + 1) * across / columns
                let y = row * down / rows..<(row + 1) * down / rows
                let tile = PixelWindow(
                    x: (x.lowerBound + random.index(below: x.count)) * side,
                    y: (y.lowerBound + random.index(below: y.count)) * side,
                    width: side, height: side)
                places.append(
                    Place(
                        column: column, row: row,
                        window: tile.clipped(toWidth: width, height: height)))
            }
        }
        self.places = places
    }

    /// Pixels in all windows.
    package var pixels: Int { places.reduce(0) { $0 + $1.window.count } }

    /// Of several scenes, in shares that are as their sizes are; each has one window at least.
    ///
    /// - Parameter open: opens a scene that suits.
    package static func samples(
        of paths: [String], most: Int, seed: UInt64, open: (String) throws -> SceneReader
    ) throws -> [SceneSample] {
        let sizes = try paths.map { path in
            let scene = try open(path)
            return (width: scene.fileWidth, height: scene.fileHeight)
        }
        let total = sizes.reduce(0) { $0 + Double($1.width * $1.height) }
        // Windows at the edges may be narrow: what is no more ground than that is seen whole.
        let isSmall = total <= Double(most * side * side)
        return sizes.enumerated().map { index, size in
            let share = Double(size.width * size.height) / total
            return SceneSample(
                width: size.width, height: size.height,
                most: isSmall ? .max : max(1, Int(Double(most) * share + 1e-9)),
                seed: SplitMix64.mix(seed &+ UInt64(index)))
        }
    }
}
