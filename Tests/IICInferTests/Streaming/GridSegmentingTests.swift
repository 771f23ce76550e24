import IICKernels
import TestSupport
import Testing

@testable import IICInfer

/// Scenes that are read at another pixel size, and their maps, which come back on the scenes' pixels.
@Suite struct GridSegmentingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func place(_ pixelSize: Double) -> Georeference {
        Georeference(epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: pixelSize) ?? .none
    }

    private func segmenter(threads: Int = 2, memory: Int = 1 << 30) -> SceneSegmenter {
        SceneSegmenter(engine: BoxEngine(), threads: threads, memoryLimit: memory)
    }

    private func coarse(_ x: Int, _ y: Int, _ c: Int) -> Int {
        4 + Int(max(1, noise(x, y, c))) * 240 / 255
    }

    /// Whole cells without data, and single pixels.
    private func isEmpty(_ x: Int, _ y: Int) -> Bool {
        (x / 2 / 9 + y / 2 / 7) % 8 == 0 || (x * 5 + y * 3) % 41 == 0
    }

    /// Cells of 2 × 2 pixels whose valid pixels have the mean ``coarse(_:_:_:)``.
    private func fine(width: Int, height: Int) throws -> String {
        try folder.scene(
            "fine.tif", width: width, height: height, georeference: place(0.5), nodata: 0
        ) { x, y, c in
            if isEmpty(x, y) { return 0 as UInt8 }
            let value = coarse(x / 2, y / 2, c)
            let cell = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (x / 2 * 2 + $0.0, y / 2 * 2 + $0.1) }
            let isWhole = cell.allSatisfy { $0.0 < width && $0.1 < height && !isEmpty($0.0, $0.1) }
            return UInt8(value + (isWhole ? ((x + y).isMultiple(of: 2) ? 3 : -3) : 0))
        }
    }

    @Test(arguments: [(402, 310), (401, 310), (403, 307), (2, 2), (1, 1)])
    func `the map of a finer scene is that of its means, on its own pixels`(
        width: Int, height: Int
    ) throws {
        let scene = try SceneReader(path: fine(width: width, height: height), roles: rgbInfrared)
        try scene.resample(to: 1)
        let (columns, rows) = ((width + 1) / 2, (height + 1) / 2)
        #expect(scene.width == columns && scene.height == rows)
        let means = try folder.scene(
            "means.tif", width: columns, height: rows, georeference: place(1), nodata: 0
        ) { x, y, c in
            let cell = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (2 * x + $0.0, 2 * y + $0.1) }
            let isEmpty = cell.allSatisfy {
                $0.0 >= width || $0.1 >= height || self.isEmpty($0.0, $0.1)
            }
            return isEmpty ? 0 : UInt8(coarse(x, y, c))
        }
        let small = try segmenter().labels(of: SceneReader(path: means, roles: rgbInfrared))
        let expected = (0..<width * height).map { pixel -> UInt8 in
            let (x, y) = (pixel % width, pixel / width)
            return isEmpty(x, y) ? 255 : small[y / 2 * columns + x / 2]
        }
        #expect(try segmenter().labels(of: scene) == expected)
        if width > 100 { #expect(Set(expected).count == 6) }
    }

    @Test(arguments: [0.8, 0.7, 1.9, 0.21])
    func `threads, memory and bounds change nothing`(size: Double) throws {
        let scene = try SceneReader(path: fine(width: 403, height: 307), roles: rgbInfrared)
        let valid = try scene.pixels().valid
        try scene.resample(to: size)
        let expected = try segmenter().labels(of: scene)
        #expect(try segmenter(threads: 1).labels(of: scene) == expected)
        #expect(try segmenter(threads: 7, memory: 200 << 20).labels(of: scene) == expected)
        // Data are where the scene has them, exactly.
        #expect(zip(expected, valid).allSatisfy { ($0.0 == 255) == ($0.1 == 0) })
        #expect(Set(expected).count == 6)
        for bounds in [
            PixelWindow(x: 33, y: 199, width: 250, height: 3),
            PixelWindow(x: 201, y: 7, width: 1, height: 1),
            PixelWindow(x: 170, y: 101, width: 233, height: 206),
        ] {
            let part = (0..<bounds.count).map {
                expected[(bounds.y + $0 / bounds.width) * 403 + bounds.x + $0 % bounds.width]
            }
            #expect(try segmenter().labels(of: scene, bounds: bounds) == part)
        }
    }

    @Test(arguments: [0.8, 0.21, 3.3])
    func `what is read does not depend on the window`(size: Double) throws {
        let scene = try SceneReader(path: fine(width: 203, height: 157), roles: rgbInfrared)
        try scene.resample(to: size)
        let (values, valid) = try scene.pixels()
        let window = PixelWindow(x: 7, y: 11, width: scene.width - 12, height: scene.height - 14)
        let part = try scene.pixels(window)
        for index in 0..<window.count {
            let pixel =
                (window.y + index / window.width) * scene.width + window.x + index % window.width
            #expect(part.valid[index] == valid[pixel])
            #expect(part.values[index * 4..<index * 4 + 4] == values[pixel * 4..<pixel * 4 + 4])
        }
        #expect(!scene.holdsWholeNumbers)
    }

    @Test func `a coarser scene lies between its pixels, and keeps its own`() throws {
        let path = try folder.scene(
            "c.tif", width: 3, height: 2, roles: [.other], georeference: place(2)
        ) { x, y, _ in Float(10 * x + 100 * y) }
        let scene = try SceneReader(path: path, roles: [.other])
        try scene.resample(to: 1)
        #expect(scene.width == 6 && scene.height == 4)
        let values = try scene.pixels().values
        let row: [Float] = [0, 2.5, 7.5, 12.5, 17.5, 20]
        let down: [Float] = [0, 25, 75, 100]
        for y in 0..<4 { for x in 0..<6 { #expect(values[y * 6 + x] == row[x] + down[y]) } }
    }

    @Test func `sizes that are the same, unknown or far apart`() throws {
        func scene(_ place: Georeference) throws -> SceneReader {
            let path = try folder.scene("s.tif", width: 9, height: 7, georeference: place) {
                noise($0, $1, $2)
            }
            return try SceneReader(path: path, roles: rgbInfrared)
        }
        let same = try scene(place(0.5))
        try same.resample(to: 0.51)
        #expect(same.grid == nil && same.width == 9)
        let nowhere = Georeference(transform: [0, 0.5, 0, 0, 0, -0.5])
        let unknown = try scene(nowhere)
        #expect(throws: SegmentError.unknownPixelSize(path: unknown.path)) {
            try unknown.resample(to: 1)
        }
        #expect(throws: SegmentError.noPixelSize) { try same.resample(to: nil) }
        let far = #expect(throws: SegmentError.self) { try same.resample(to: 50) }
        #expect(far?.exitStatus == .badInput)
        #expect(far?.description.contains("0.5 m, those of the training 50.0 m") == true)
    }
}
