import Synchronization
import TestSupport
import Testing

@testable import IICInfer

/// What is finished of a raster, and what a segmenter does with the rest.
@Suite struct FinishedAreaTests {
    /// Rectangles that share nothing, as `seed` has it.
    private static func area(seed: Int, in bounds: PixelWindow) -> FinishedArea {
        var area = FinishedArea()
        for index in 0..<30 {
            func number(_ part: Int, _ limit: Int) -> Int {
                (Int(noise(index, seed, part)) << 8 + Int(noise(index, seed, part + 9))) % limit
            }
            let window = PixelWindow(
                x: number(1, bounds.width), y: number(2, bounds.height),
                width: 1 + number(3, 1 + bounds.width / 3),
                height: 1 + number(4, 1 + bounds.height / 3)
            ).clipped(toWidth: bounds.width, height: bounds.height)
            if !area.overlaps(window) { area.add(window) }
        }
        return area
    }

    /// How often each pixel of a raster lies in one of `parts`.
    private static func counts(_ parts: [PixelWindow], width: Int, height: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: width * height)
        for part in parts {
            for row in part.y..<part.y + part.height {
                for column in part.x..<part.x + part.width { counts[row * width + column] += 1 }
            }
        }
        return counts
    }

    @Test func `what is finished and what is left are each pixel once`() {
        let whole = PixelWindow(x: 0, y: 0, width: 97, height: 83)
        for seed in 0..<20 {
            let area = Self.area(seed: seed, in: whole)
            let rest = area.rest(of: whole)
            let counts = Self.counts(area.parts + rest, width: 97, height: 83)
            #expect(counts.allSatisfy { $0 == 1 })
            #expect(area.count + rest.reduce(0) { $0 + $1.count } == whole.count)
            let part = PixelWindow(x: 13, y: 7, width: 41, height: 60)
            let inside = Self.counts(area.parts + area.rest(of: part), width: 97, height: 83)
            for y in 7..<67 { for x in 13..<54 { #expect(inside[y * 97 + x] == 1) } }
        }
    }

    @Test func `windows that follow each other are one part, and what is left stays whole`() {
        let whole = PixelWindow(x: 0, y: 0, width: 300, height: 200)
        #expect(FinishedArea().rest(of: whole) == [whole])
        var area = FinishedArea()
        for row in 0..<5 {
            area.add(PixelWindow(x: 0, y: 16 * row, width: 100, height: 16))
            area.add(PixelWindow(x: 100, y: 16 * row, width: 100, height: 16))
        }
        #expect(area.parts.count == 2)
        #expect(
            area.rest(of: whole) == [
                PixelWindow(x: 200, y: 0, width: 100, height: 200),
                PixelWindow(x: 0, y: 80, width: 200, height: 120),
            ])
        area = FinishedArea([whole])
        #expect(area.rest(of: whole).isEmpty)
    }

    @Test(arguments: [(Geometry.seamless, nil), (.paper, nil), (.seamless, 0.7), (.seamless, 1.9)])
    func `only what is left is written, each pixel once and with the labels of the whole`(
        geometry: Geometry, pixelSize: Double?
    ) throws {
        let folder = try TemporaryFolder()
        let place = try #require(
            Georeference(epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: 1))
        let path = try folder.scene(
            "a.tif", width: 503, height: 461, georeference: place, nodata: 0
        ) { x, y, band in
            (x / 7 + y / 5) % 11 == 0 ? 0 : max(1, noise(x, y, band))
        }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        if let pixelSize { try scene.resample(to: pixelSize) }
        let encoders: [any RowEncoder] = [LabelEncoder(.classes), GreatestEncoder()]
        for bounds in [nil, PixelWindow(x: 33, y: 19, width: 402, height: 377)] {
            let whole = bounds ?? PixelWindow(x: 0, y: 0, width: 503, height: 461)
            let expected = try SceneSegmenter(
                engine: BoxEngine(geometry: geometry), threads: 2, memoryLimit: 1 << 30
            ).labels(of: scene, bounds: bounds)
            for seed in 0..<3 {
                let segmenter = SceneSegmenter(
                    engine: BoxEngine(geometry: geometry), threads: 1 + seed,
                    memoryLimit: seed == 1 ? 180 << 20 : 1 << 30)
                let area = Self.area(seed: seed, in: whole)
                var labels = [[UInt8]](
                    repeating: [UInt8](repeating: 99, count: whole.count), count: 2)
                var counts = Self.counts(area.parts, width: whole.width, height: whole.height)
                var first: Int?
                try segmenter.segment(
                    scene, bounds: bounds, finished: area.parts, scaling: .uint8(channels: 4),
                    budget: segmenter.budget(for: scene, bounds: bounds, encoders: encoders),
                    encoders: encoders,
                    write: { encoder, pixels, window in
                        for index in pixels.indices {
                            let row = window.y + index / window.width
                            let place = row * whole.width + window.x + index % window.width
                            labels[encoder][place] = pixels[index]
                            if encoder == 1 { counts[place] += 1 }
                        }
                    }, progress: { done, _ in first = first ?? done })
                #expect(counts.allSatisfy { $0 == 1 })
                #expect(first == area.count / 40_000)
                let isFinished = Self.counts(area.parts, width: whole.width, height: whole.height)
                for found in labels {
                    let wrong = found.indices.count {
                        found[$0] != (isFinished[$0] == 1 ? 99 : expected[$0])
                    }
                    #expect(wrong == 0)
                }
            }
        }
    }
}
