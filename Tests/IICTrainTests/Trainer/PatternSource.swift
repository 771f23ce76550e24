import IICInfer
import IICTrain

@testable import IICTrain

/// Crops of stripes, checks and plains, so that there is something to learn.
final class PatternSource: CropSource {
    let roles: [BandRole] = [.red, .green, .blue, .infrared]
    let scaling = Scaling.uint8(channels: 4)
    let quantiles: BandQuantiles? = nil
    let pixelSizeMetres: Double? = nil
    let count = 12
    let summary: JSONValue = ["kind": "pattern"]
    let byteCount = 0
    let readingBytes = 0
    private let value: Float?

    init(value: Float? = nil) { self.value = value }

    func allowCache(bytes: Int) {}

    func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        var values: [Float] = []
        for y in 0..<size {
            for x in 0..<size {
                let kind = (x / 12 + y / 12 + index) % 3
                for band in 0..<4 {
                    let tone = kind * 60 + band * 15 + random.index(below: 40)
                    values.append(value ?? Float(tone) / 255)
                }
            }
        }
        return Patch(
            size: size, values: values, valid: Array(repeating: 1, count: size * size),
            isByte: value == nil)
    }
}

/// Data whose images are crops like all others.
protocol CropSource: TrainingSource {}

extension CropSource {
    var fileSizes: [Int] { [] }

    var imageCount: Int { count }

    func size(ofImage image: Int) throws -> (width: Int, height: Int) { (88, 88) }

    func read(
        image: Int, window: PixelWindow
    ) throws -> (values: [Float], valid: [UInt8]) {
        var random = SplitMix64(seed: UInt64(image))
        let patch = try crop(image, size: 88, random: &random)
        let channels = patch.values.count / patch.valid.count
        var (values, valid): ([Float], [UInt8]) = ([], [])
        for y in window.y..<window.y + window.height {
            let pixels = y * 88 + window.x..<y * 88 + window.x + window.width
            values += patch.values[pixels.lowerBound * channels..<pixels.upperBound * channels]
            valid += patch.valid[pixels]
        }
        return (values, valid)
    }
}
