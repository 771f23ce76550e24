import IICInfer

/// Makes windows of a scaled scene, and of its truth.
struct SceneScaling {
    let columns: AxisSampling
    let rows: AxisSampling

    init(width: Int, height: Int, scale: Double) {
        columns = AxisSampling(length: width, scale: scale)
        rows = AxisSampling(length: height, scale: scale)
    }

    /// What of the scene a window of the scaled one is made of.
    func source(of window: PixelWindow) -> PixelWindow {
        let x = columns.source(of: window.x..<window.x + window.width)
        let y = rows.source(of: window.y..<window.y + window.height)
        return PixelWindow(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    }

    /// The mean of the valid pixels that a pixel covers, each by how much of it is covered, rounded
    /// half up. At half the scale these are the values of OpenCV's `INTER_LINEAR`, which the IIC authors
    /// use: it is the mean of 2 × 2 pixels there.
    ///
    /// - Parameters:
    ///   - values: `(H, W, C)` of ``source(of:)``, 0…255.
    ///   - valid: `(H, W)`; not 0 for valid.
    /// - Returns: `(H, W, C)` and `(H, W)` of the window; a pixel of which less than half is valid is 0
    ///   and not valid.
    func average(
        _ values: [Float], valid: [UInt8], channels: Int, window: PixelWindow
    ) -> (pixels: [UInt8], valid: [Bool]) {
        let source = source(of: window)
        precondition(values.count == source.count * channels && valid.count == source.count)
        let across = (window.x..<window.x + window.width).map { x in
            (
                first: columns.source(of: x..<x + 1).lowerBound - source.x,
                weights: columns.weights(x)
            )
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(window.count * channels)
        var flags: [Bool] = []
        flags.reserveCapacity(window.count)
        var sums = [Double](repeating: 0, count: channels)
        for y in window.y..<window.y + window.height {
            let top = rows.source(of: y..<y + 1).lowerBound - source.y
            let down = rows.weights(y)
            for (first, weights) in across {
                var (weight, all) = (0.0, 0.0)
                for channel in 0..<channels { sums[channel] = 0 }
                for (row, tall) in down.enumerated() {
                    let start = (top + row) * source.width + first
                    for (column, wide) in weights.enumerated() {
                        let part = tall * wide
                        all += part
                        guard valid[start + column] != 0 else { continue }
                        weight += part
                        let index = (start + column) * channels
                        for channel in 0..<channels {
                            sums[channel] += part * Double(values[index + channel])
                        }
                    }
                }
                let isValid = weight > 0 && weight * 2 >= all
                flags.append(isValid)
                for channel in 0..<channels {
                    let mean = isValid ? sums[channel] / weight : 0
                    pixels.append(UInt8(max(0, min(255, mean + 0.5))))
                }
            }
        }
        return (pixels, flags)
    }

    /// Where in the source of a window the labels lie that stand for its pixels, row by row.
    func nearest(_ window: PixelWindow) -> [Int] {
        let source = source(of: window)
        let across = (window.x..<window.x + window.width).map { columns.nearest($0) - source.x }
        return (window.y..<window.y + window.height).flatMap { y in
            let start = (rows.nearest(y) - source.y) * source.width
            return across.map { start + $0 }
        }
    }

    /// The label that most of a pixel has, of the source's labels `(H, W)`; of several alike the lowest,
    /// and none only where nothing has more.
    func majority(_ labels: [Int32], window: PixelWindow) -> [Int32] {
        let source = source(of: window)
        precondition(labels.count == source.count, "\(labels.count)")
        var result: [Int32] = []
        result.reserveCapacity(window.count)
        for y in window.y..<window.y + window.height {
            let top = rows.source(of: y..<y + 1).lowerBound - source.y
            let down = rows.weights(y)
            for x in window.x..<window.x + window.width {
                let first = columns.source(of: x..<x + 1).lowerBound - source.x
                let across = columns.weights(x)
                var areas: [(label: Int32, area: Double)] = []
                for (row, tall) in down.enumerated() {
                    for (column, wide) in across.enumerated() {
                        let label = labels[(top + row) * source.width + first + column]
                        if let index = areas.firstIndex(where: { $0.label == label }) {
                            areas[index].area += tall * wide
                        } else {
                            areas.append((label, tall * wide))
                        }
                    }
                }
                // What stands for no class is the last choice.
                let best = areas.max {
                    ($0.area, $0.label < 0 ? Int32.min : -$0.label)
                        < ($1.area, $1.label < 0 ? Int32.min : -$1.label)
                }
                result.append(best?.label ?? LabelReader.none)
            }
        }
        return result
    }
}
