import IICInfer
import IICTrain

/// Pixels in memory, handed out some at a time.
struct ArrayPixels: PixelSource {
    let channels: Int
    let values: [Float]
    let labels: [Int32]
    var sampleType = SampleType.uint8
    var blockPixels = 1000
    /// Called for each reading.
    var onReading: () -> Void = {}

    var path: String { "pixels" }
    var truthPath: String { "truth" }
    var count: Int { labels.count }

    func eachBlock(
        isCancelled: () -> Bool, _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws {
        onReading()
        for first in stride(from: 0, to: count, by: blockPixels) {
            let range = first..<min(count, first + blockPixels)
            let part = values[range.lowerBound * channels..<range.upperBound * channels]
            try body(
                PixelBlock(
                    channels: channels, values: Array(part),
                    valid: range.map { values[$0 * channels].isNaN ? 0 : 1 })
            ) { Array(labels[range]) }
        }
    }
}
