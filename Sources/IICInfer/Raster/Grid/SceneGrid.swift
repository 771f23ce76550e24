import IICKernels

/// A grid on which a scene is read that is not the file's own: from the same corner, with larger or
/// smaller pixels.
struct SceneGrid: Hashable, Sendable {
    let columns: GridAxis
    let rows: GridAxis

    /// Pixels of the grid.
    var width: Int { columns.count }
    var height: Int { rows.count }
    /// Pixels of the file that one of the grid is long.
    var step: Double { columns.step }

    /// - Parameters:
    ///   - width, height: of the file.
    ///   - step: pixels of the file that one of the grid is long.
    init(width: Int, height: Int, step: Double) {
        columns = GridAxis(pixels: width, step: step)
        rows = GridAxis(pixels: height, step: step)
    }

    /// The grid's pixels in which the centres of the file's lie.
    func window(holding pixels: PixelWindow) -> PixelWindow {
        let x = columns.places(of: pixels.x..<pixels.x + pixels.width)
        let y = rows.places(of: pixels.y..<pixels.y + pixels.height)
        return PixelWindow(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    }

    /// The file's pixels whose centres lie in the grid's: no pixel's lies in two windows that share
    /// nothing.
    func pixels(in window: PixelWindow) -> PixelWindow {
        let x = columns.pixels(of: window.x..<window.x + window.width)
        let y = rows.pixels(of: window.y..<window.y + window.height)
        return PixelWindow(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    }
}
