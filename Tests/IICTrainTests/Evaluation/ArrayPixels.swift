import IICInfer
import IICTrain

/// Pixels in memory, handed out some rows at a time.
struct ArrayPixels: PixelSource {
    let channels: Int
    /// `(H, W, C)`; a pixel whose first band is NaN has no data.
    let values: [Float]
    let labels: [Int32]
    /// One row unless given.
    var width: Int?
    var sampleType = SampleType.uint8
    var blockRows = 1
    /// Called for each reading.
    var onReading: () -> Void = {}

    var path: String { "pixels" }
    var truthPath: String { "truth" }
    var count: Int { labels.count }

    func eachBlock(
        halo: Int, isCancelled: () -> Bool,
        _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws {
        onReading()
        let width = width ?? count
        let height = count / width
        for top in stride(from: 0, to: height, by: blockRows) {
            let own = top..<min(height, top + blockRows)
            let held = max(0, top - halo)..<min(height, own.upperBound + halo)
            let range = held.lowerBound * width..<held.upperBound * width
            let part = values[range.lowerBound * channels..<range.upperBound * channels]
            try body(
                PixelBlock(
                    width: width, channels: channels, values: Array(part),
                    valid: range.map { values[$0 * channels].isNaN ? 0 : 1 },
                    rows: own.lowerBound - held.lowerBound..<own.upperBound - held.lowerBound)
            ) { Array(labels[own.lowerBound * width..<own.upperBound * width]) }
        }
    }
}
