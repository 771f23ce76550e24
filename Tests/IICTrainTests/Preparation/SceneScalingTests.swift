import IICInfer
import Testing

@testable import IICTrain

@Suite struct SceneScalingTests {
    /// 6 × 8 × 4 bytes, and their half by `cv2.resize(…, fx=.5, fy=.5, interpolation=INTER_LINEAR)` of
    /// OpenCV 5.0, as the IIC authors call it.
    private static let image: [UInt8] = [
        168, 229, 184, 171, 238, 171, 20, 206, 245, 153, 204, 5, 37, 53, 213, 206, 192, 173, 6, 120,
        63, 96, 236, 131, 118, 4, 87, 161, 124, 71, 42, 73, 237, 16, 194, 250, 10, 103, 206, 13,
        143,
        2, 38, 71, 133, 118, 36, 98, 196, 35, 57, 146, 50, 179, 145, 104, 206, 53, 141, 33, 181, 39,
        151, 11, 180, 138, 66, 0, 165, 98, 123, 12, 144, 184, 24, 38, 129, 1, 202, 255, 85, 54, 228,
        48, 127, 169, 1, 167, 109, 247, 16, 192, 78, 220, 8, 60, 189, 181, 64, 72, 8, 185, 88, 111,
        191, 138, 99, 67, 48, 68, 100, 249, 67, 40, 127, 45, 33, 51, 206, 229, 217, 85, 53, 204,
        120,
        134, 31, 216, 14, 127, 160, 29, 208, 161, 116, 100, 83, 151, 198, 160, 173, 193, 54, 126,
        126, 57, 118, 170, 107, 131, 59, 173, 52, 139, 181, 169, 63, 196, 144, 15, 138, 137, 135,
        245,
        15, 140, 59, 142, 252, 140, 76, 231, 51, 218, 125, 69, 151, 117, 140, 92, 189, 209, 48, 225,
        71, 217, 216, 47, 124, 91, 112, 16,
    ]
    private static let half: [UInt8] = [
        163, 130, 151, 160, 140, 82, 123, 95, 125, 121, 111, 125, 157, 42, 105, 70, 136, 151, 85,
        49,
        128, 98, 106, 152, 78, 79, 141, 122, 131, 172, 27, 168, 94, 141, 118, 129, 140, 176, 113,
        147,
        143, 129, 91, 165, 78, 161, 163, 62,
    ]
    /// 6 × 8 labels, and their half by the same with `INTER_NEAREST`.
    private static let labels: [Int32] = [
        2, 4, 0, 5, 2, 1, 3, 5, 5, 5, 1, 0, 4, 4, 4, 0, 0, 3, 2, 2, 5, 1, 3, 1, 1, 4, 0, 1, 0, 0, 1,
        4, 3, 2, 1, 4, 4, 1, 0, 1, 0, 4, 3, 3, 1, 3, 5, 1,
    ]
    private static let halfLabels: [Int32] = [2, 0, 2, 3, 0, 2, 5, 3, 3, 1, 4, 0]

    @Test func `half a scene and its labels are OpenCV's`() {
        let scaling = SceneScaling(width: 8, height: 6, scale: 0.5)
        let all = PixelWindow(x: 0, y: 0, width: 4, height: 3)
        let (pixels, valid) = scaling.average(
            Self.image.map(Float.init), valid: Array(repeating: 1, count: 48), channels: 4,
            window: all)
        #expect(pixels == Self.half)
        #expect(!valid.contains(false))
        #expect(scaling.nearest(all).map { Self.labels[$0] } == Self.halfLabels)
    }

    /// OpenCV's `INTER_NEAREST` of 0, 1, 2, … at other scales.
    @Test(arguments: [
        (10, 0.3, [0, 3, 6]), (7, 0.6, [0, 1, 3, 5]), (9, 0.25, [0, 4]), (5, 1, [0, 1, 2, 3, 4]),
    ])
    func `the nearest pixel is OpenCV's`(_ length: Int, _ scale: Double, _ expected: [Int]) {
        let axis = AxisSampling(length: length, scale: scale)
        #expect((0..<axis.count).map(axis.nearest) == expected)
    }

    @Test(arguments: [0.5, 0.3, 0.25, 0.7, 1, 1 / 3.0, 0.1])
    func `means are those of the area, by fractions of pixels, in any window`(_ scale: Double) {
        let (width, height) = (61, 47)
        var random = SplitMix64(seed: 3)
        let values = (0..<width * height).map { _ in Float(random.index(below: 256)) }
        let flags = (0..<width * height).map { _ in UInt8(random.index(below: 5) == 0 ? 0 : 1) }
        let scaling = SceneScaling(width: width, height: height, scale: scale)
        #expect(scaling.columns.count == Int(Double(width) * scale + 1e-9))
        let window = PixelWindow(
            x: 1, y: 2, width: scaling.columns.count - 1, height: scaling.rows.count - 2)
        let source = scaling.source(of: window)
        var cut: [Float] = []
        var valid: [UInt8] = []
        for y in source.y..<source.y + source.height {
            for x in source.x..<source.x + source.width {
                cut.append(values[y * width + x])
                valid.append(flags[y * width + x])
            }
        }
        let result = scaling.average(cut, valid: valid, channels: 1, window: window)
        // Each pixel of the scene counts by how much of it lies in the scaled one: the plain way.
        for y in 0..<window.height {
            for x in 0..<window.width {
                var (sum, weight, all) = (0.0, 0.0, 0.0)
                for row in 0..<height {
                    let top = Double(window.y + y) / scale
                    let tall = min(top + 1 / scale, Double(row + 1)) - max(top, Double(row))
                    for column in 0..<width where tall > 1e-9 {
                        let left = Double(window.x + x) / scale
                        let wide =
                            min(left + 1 / scale, Double(column + 1)) - max(left, Double(column))
                        guard wide > 1e-9 else { continue }
                        all += tall * wide
                        guard flags[row * width + column] != 0 else { continue }
                        weight += tall * wide
                        sum += tall * wide * Double(values[row * width + column])
                    }
                }
                let index = y * window.width + x
                // At exactly half the sums' last bits decide.
                if abs(weight * 2 - all) > 1e-6 {
                    #expect(result.valid[index] == (weight * 2 > all))
                }
                guard result.valid[index] else {
                    #expect(result.pixels[index] == 0)
                    continue
                }
                // Where a mean is a whole number and a half, so do they.
                #expect(abs(Double(result.pixels[index]) - sum / weight) <= 0.5 + 1e-6)
            }
        }
    }

    @Test func `the majority wins, of several the lowest, and none only alone`() {
        let scaling = SceneScaling(width: 8, height: 2, scale: 0.5)
        let labels: [Int32] = [
            1, 1, 4, 4, -1, -1, -1, -1,
            1, 2, 3, 3, -1, 5, 6, 6,
        ]
        let window = PixelWindow(x: 0, y: 0, width: 4, height: 1)
        #expect(scaling.majority(labels, window: window) == [1, 3, -1, 6])
    }
}
