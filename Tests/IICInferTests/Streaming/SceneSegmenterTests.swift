import IICInfer
import Synchronization
import TestSupport
import Testing

/// The network's support and 2 × 2 cells without its arithmetic: each cell's sum over the cells
/// around it that 16 pixels reach, zeros beyond the image, picks the class by its remainder.
struct BoxEngine: Engine {
    let architecture = Architecture(channels: 4, width: 0.25, overclusters: 9, classes: 5)
    var geometry = Geometry.seamless
    let name = "box"

    func scratchBytes(height: Int, width: Int) -> Int { 1 << 20 }

    func probabilities(
        of image: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>
    ) {
        precondition(image.count == height * width * 4, "one image")
        let columns = (width + 1) / 2
        let rows = (height + 1) / 2
        // An integral image of whole numbers: exact in any order.
        var sums = [Int](repeating: 0, count: (rows + 1) * (columns + 1))
        for row in 0..<rows {
            for column in 0..<columns {
                var cell = 0
                for y in 2 * row..<min(height, 2 * row + 2) {
                    for x in 2 * column..<min(width, 2 * column + 2) {
                        for band in 0..<4 {
                            cell +=
                                (band + 1)
                                * Int((image[(y * width + x) * 4 + band] * 255).rounded())
                        }
                    }
                }
                sums[(row + 1) * (columns + 1) + column + 1] =
                    cell + sums[row * (columns + 1) + column + 1]
                    + sums[(row + 1) * (columns + 1) + column] - sums[row * (columns + 1) + column]
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                let (top, bottom) = (max(0, y / 2 - 8), min(rows, y / 2 + 8))
                let (left, right) = (max(0, x / 2 - 8), min(columns, x / 2 + 8))
                let sum =
                    sums[bottom * (columns + 1) + right] - sums[top * (columns + 1) + right]
                    - sums[bottom * (columns + 1) + left] + sums[top * (columns + 1) + left]
                for label in 0..<5 {
                    output[(y * width + x) * 5 + label] = sum % 5 == label ? 1 : 0
                }
            }
        }
    }
}

extension SceneSegmenter {
    /// Head B's labels of 8-bit data.
    func labels(
        of scene: SceneReader, bounds: PixelWindow? = nil,
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> [UInt8] {
        let encoders: [any RowEncoder] = [LabelEncoder(.classes)]
        let width = bounds?.width ?? scene.fileWidth
        var map = [UInt8](repeating: 255, count: width * (bounds?.height ?? scene.fileHeight))
        try segment(
            scene, bounds: bounds, scaling: .uint8(channels: 4),
            budget: budget(for: scene, bounds: bounds, encoders: encoders), encoders: encoders,
            write: { _, labels, window in
                for row in 0..<window.height {
                    for column in 0..<window.width {
                        map[(window.y + row) * width + window.x + column] =
                            labels[row * window.width + column]
                    }
                }
            }, isCancelled: isCancelled)
        return map
    }
}

/// The labels of ``LabelEncoder``, by way of all probabilities in blocks of pixels.
struct GreatestEncoder: RowEncoder {
    let labellings: [Labelling] = [.classes]
    let pixelBytes = 1

    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let classes = row.classes(of: .classes)
        for start in stride(from: 0, to: row.count, by: 70) {
            let block = start..<min(start + 70, row.count)
            var values = [Float](repeating: -1, count: block.count * classes)
            do {
                var span = values.mutableSpan
                row.probabilities(of: .classes, pixels: block, into: &span)
            }
            for pixel in block {
                let first = (pixel - start) * classes
                let best = (0..<classes).max {
                    (values[first + $0], $1) < (values[first + $1], $0)
                }
                pixels[pixel] = row.valid[pixel] == 0 ? 255 : UInt8(best ?? 0)
            }
        }
    }
}

@Suite struct SceneSegmenterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func segmenter(
        _ geometry: Geometry = .seamless, threads: Int = 2, memory: Int = 1 << 30
    ) -> SceneSegmenter {
        SceneSegmenter(
            engine: BoxEngine(geometry: geometry), threads: threads, memoryLimit: memory)
    }

    func labels(
        _ segmenter: SceneSegmenter, _ scene: SceneReader, bounds: PixelWindow? = nil
    ) throws -> [UInt8] {
        try segmenter.labels(of: scene, bounds: bounds)
    }

    /// The engine's labels of one image, invalid pixels left out.
    func whole(_ scene: SceneReader, _ window: PixelWindow? = nil) throws -> [UInt8] {
        let window = window ?? PixelWindow(x: 0, y: 0, width: scene.width, height: scene.height)
        let (values, valid) = try scene.pixels(window)
        var image = values
        var output = [Float](repeating: 0, count: window.count * 5)
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
            var outputSpan = output.mutableSpan
            BoxEngine().probabilities(
                of: image.span, height: window.height, width: window.width, head: .B,
                into: &outputSpan)
        }
        return (0..<window.count).map { pixel in
            valid[pixel] == 0
                ? 255 : UInt8((0..<5).first { output[pixel * 5 + $0] == 1 } ?? 0)
        }
    }

    func scene(_ width: Int, _ height: Int) throws -> SceneReader {
        let path = try folder.scene(
            "\(width)x\(height).tif", width: width, height: height, nodata: 0
        ) {
            x, y, band in
            (x / 7 + y / 5) % 11 == 0 || (x > 450 && y > 450) ? 0 : max(1, noise(x, y, band))
        }
        return try SceneReader(path: path, roles: rgbInfrared)
    }

    @Test(arguments: [(1, 1), (7, 300), (199, 201), (200, 200), (215, 217), (701, 653)])
    func `the map in tiles is that of the whole scene at once`(width: Int, height: Int) throws {
        let scene = try scene(width, height)
        #expect(try labels(segmenter(), scene) == whole(scene))
    }

    @Test func `threads and memory change nothing`() throws {
        let scene = try scene(701, 653)
        let expected = try labels(segmenter(), scene)
        #expect(try labels(segmenter(threads: 1), scene) == expected)
        #expect(try labels(segmenter(threads: 7, memory: 170 << 20), scene) == expected)
    }

    @Test(arguments: [
        PixelWindow(x: 0, y: 0, width: 1, height: 1),
        PixelWindow(x: 33, y: 199, width: 250, height: 3),
        PixelWindow(x: 399, y: 201, width: 302, height: 452),
    ])
    func `a part of a scene gets the labels of the whole`(bounds: PixelWindow) throws {
        let scene = try scene(701, 653)
        let all = try labels(segmenter(), scene)
        let part = try labels(segmenter(), scene, bounds: bounds)
        let expected = (0..<bounds.count).map {
            all[(bounds.y + $0 / bounds.width) * 701 + bounds.x + $0 % bounds.width]
        }
        #expect(part == expected)
    }

    @Test func `paper tiles stand alone, filled up with zeros at the edges`() throws {
        let scene = try scene(433, 251)
        let map = try labels(segmenter(.paper), scene)
        for (column, row) in [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1)] {
            let tile = try whole(
                scene, PixelWindow(x: 200 * column, y: 200 * row, width: 200, height: 200))
            for y in 0..<min(200, 251 - 200 * row) {
                for x in 0..<min(200, 433 - 200 * column) {
                    #expect(map[(200 * row + y) * 433 + 200 * column + x] == tile[y * 200 + x])
                }
            }
        }
    }

    @Test func `labels are the greatest of the probabilities, in any part of a row`() throws {
        let scene = try scene(433, 251)
        for geometry in Geometry.allCases {
            let encoders: [any RowEncoder] = [LabelEncoder(.classes), GreatestEncoder()]
            let segmenter = segmenter(geometry)
            // Threads take turns between encoders, so windows come in an order of their own for each.
            var found = [[UInt8]](repeating: [UInt8](repeating: 99, count: 433 * 251), count: 2)
            try segmenter.segment(
                scene, scaling: .uint8(channels: 4),
                budget: segmenter.budget(for: scene, encoders: encoders), encoders: encoders,
                write: { encoder, pixels, window in
                    for index in pixels.indices {
                        let row = window.y + index / window.width
                        found[encoder][row * 433 + window.x + index % window.width] = pixels[index]
                    }
                })
            #expect(found[0] == found[1] && Set(found[0]).count == 6)
        }
    }

    @Test func `a limit that is too low names the one that works`() throws {
        let scene = try scene(215, 217)
        let error = #expect(throws: MemoryBudgetError.self) {
            try labels(segmenter(memory: 64 << 20), scene)
        }
        let least = try #require(error?.least)
        #expect(error?.exitStatus == .usage)
        #expect(try labels(segmenter(memory: least), scene) == whole(scene))
    }

    @Test func `cancelling ends with exit code 130`() throws {
        let scene = try scene(701, 653)
        let asked = Mutex(0)
        let error = #expect(throws: Interrupted.self) {
            try segmenter().labels(
                of: scene,
                isCancelled: {
                    asked.withLock { count in
                        count += 1
                        return count > 3
                    }
                })
        }
        #expect(error?.exitStatus == .interrupted)
    }

    @Test(arguments: [SampleType.float32, .int16])
    func `scaling by the scene takes exact percentiles`(type: SampleType) throws {
        func value(_ x: Int, _ y: Int, _ c: Int) -> Float {
            Float(noise(x, y, c)) * 3.7 - 300 + Float(x) / 1000
        }
        let path =
            type == .int16
            ? try folder.scene("i.tif", width: 500, height: 401) { Int16(value($0, $1, $2)) }
            : try folder.scene("f.tif", width: 500, height: 401) {
                $0 == 3 ? Float.nan : value($0, $1, $2)
            }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let scaling = try Scaling.percentiles(of: scene)
        let (values, valid) = try scene.pixels()
        for band in 0..<4 {
            let sorted = valid.indices.filter { valid[$0] == 1 }.map { values[$0 * 4 + band] }
                .sorted()
            let last = Double(sorted.count - 1)
            #expect(scaling.bands[band].low == sorted[Int((0.005 * last).rounded())])
            #expect(scaling.bands[band].high == sorted[Int((0.995 * last).rounded())])
        }
    }
}
