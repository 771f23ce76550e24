import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct SieveTests {
    let folder: TemporaryFolder
    let width = 700
    let height = 600
    let plenty = FinishingMemory(limit: 1 << 30, free: 1 << 30)

    init() throws { folder = try TemporaryFolder() }

    /// Patches of some size with noise on them, and holes without data.
    private func label(_ x: Int, _ y: Int) -> UInt8 {
        if noise(x / 20, y / 15, 4) < 30 { return 255 }
        return noise(x, y, 1) < 50 ? noise(x / 2, y, 2) % 4 : noise(x / 40, y / 30, 3) % 4
    }

    private func writer(_ name: String, label: (Int, Int) -> UInt8) throws -> MapWriter {
        let writer = try MapWriter(
            path: folder(name), width: width, height: height, georeference: .none,
            legend: .unnamed(classes: 4))
        let all = PixelWindow(x: 0, y: 0, width: width, height: height)
        let labels = (0..<all.count).map { label($0 % width, $0 / width) }
        try writer.write(labels.span, window: all)
        return writer
    }

    private func labels(_ name: String) throws -> [Int32] {
        try LabelReader(path: folder(name)).read(
            PixelWindow(x: 0, y: 0, width: width, height: height))
    }

    private func clean(_ writer: MapWriter, _ cleanUp: CleanUp) throws {
        try writer.apply(cleanUp, memory: plenty, progress: { _ in }, isCancelled: { false })
    }

    @Test(arguments: [2, 10, 100])
    func `a sieved map is gdal_sieve's`(pixels: Int) throws {
        try writer("plain.tif", label: label).finish()
        let writer = try writer("a.tif", label: label)
        try clean(writer, CleanUp(sieve: pixels))
        let counts = writer.pixels
        try writer.finish()
        _ = try output(
            of: "gdal_sieve.py",
            ["-q", "-st", "\(pixels)", "-4", folder("plain.tif"), folder("other.tif")])
        let sieved = try labels("a.tif")
        #expect(try sieved == labels("other.tif"))
        let plain = try labels("plain.tif")
        #expect(sieved != plain)
        for (one, other) in zip(sieved, plain) where one < 0 || other < 0 {
            try #require(one == other)
        }
        for value in 0..<4 { #expect(counts[value] == sieved.count { $0 == Int32(value) }) }
    }

    @Test func `patches of no large neighbour stay, and so does what touches by corners`() throws {
        // A large patch on the left; to the right of a gap without data a single pixel, and further
        // on patches of one and two pixels.
        let writer = try writer("a.tif") { x, y in
            if x < 300 { return x == 5 && y == 5 ? 2 : 1 }
            switch (x - 310, y) {
            case (0, 0), (5, 0), (6, 1): return 3
            case (5, 1), (5, 2), (6, 0): return 0
            default: return 255
            }
        }
        try clean(writer, CleanUp(sieve: 3))
        try writer.finish()
        let map = try labels("a.tif")
        #expect(map[5 * width + 5] == 1)
        // Alone: it has no neighbour.
        #expect(map[310] == 3)
        // None of these has a neighbour of 3 pixels: those that touch by a corner are two.
        #expect(map[315] == 3 && map[width + 316] == 3 && map[width + 315] == 0)
    }

    @Test func `the majority goes first, and both are counted`() throws {
        let first = try writer("first.tif", label: label)
        try clean(first, CleanUp(majority: 5))
        try first.finish()
        _ = try output(
            of: "gdal_sieve.py",
            ["-q", "-st", "20", "-4", folder("first.tif"), folder("other.tif")])
        let writer = try writer("a.tif", label: label)
        var last = 0.0
        try writer.apply(
            CleanUp(majority: 5, sieve: 20), memory: plenty,
            progress: { share in
                #expect(share >= last && share <= 1)
                last = share
            }, isCancelled: { false })
        #expect(last == 1)
        let counts = writer.pixels
        try writer.finish()
        let map = try labels("a.tif")
        #expect(try map == labels("other.tif") && map != labels("first.tif"))
        for value in 0..<4 { #expect(counts[value] == map.count { $0 == Int32(value) }) }
    }

    /// As GDAL counts them: one for each pixel that differs from the one to the left and the one above.
    @Test(arguments: [(2, 420_000), (1, 1)])
    func `a map of more patches than memory allows is refused, with what is enough`(
        period: Int, fragments: Int
    ) throws {
        // A chessboard of single pixels, or one colour.
        let writer = try writer("a.tif") { x, y in UInt8((x + y) % period) }
        let need = SieveNeed(width: width, fragments: fragments).bytes
        #expect(need < 24 * fragments + 1 << 20)
        func sieve(_ free: Int) throws {
            try writer.apply(
                CleanUp(sieve: 9), memory: FinishingMemory(limit: 300 << 20, free: free),
                progress: { _ in }, isCancelled: { false })
        }
        let error = #expect(throws: SegmentError.self) { try sieve(need - 1) }
        #expect(
            error
                == .sieveMemory(
                    fragments: fragments, limit: 300 << 20, least: 300 << 20 + 1))
        #expect(error?.exitStatus == .badInput)
        #expect(error?.description.contains("give --memory 301MiB or more") == true)
        try sieve(need)
    }

    @Test(arguments: [CleanUp(majority: 3), CleanUp(sieve: 5)])
    func `cleaning up stops when asked to`(cleanUp: CleanUp) throws {
        let writer = try writer("a.tif", label: label)
        for limit in [0.0, 0.4] {
            var reached = 0.0
            #expect(throws: Interrupted.self) {
                try writer.apply(
                    cleanUp, memory: plenty, progress: { reached = $0 },
                    isCancelled: { reached >= limit })
            }
            #expect(reached < limit + 0.3)
        }
    }

    @Test func `settings without a clean-up keep their hash, and others have one of their own`() {
        var settings = SegmentSettings(threads: 1)
        func hash(_ isCleanedUp: Bool) -> String {
            MapOrigin.hash(
                settings.members(bands: [1, 2, 3, 4], bounds: nil, grid: nil, quantiles: nil),
                output: ["labels": "B"], refine: .network,
                cleanUp: isCleanedUp ? settings.cleanUp : CleanUp())
        }
        let plain = hash(true)
        // As version 0.1 wrote it into maps.
        let text =
            "{\"bands\":[1,2,3,4],\"bounds\":null,\"geometry\":\"seamless\","
            + "\"output\":{\"labels\":\"B\"},\"scaling\":\"model\"}"
        #expect(plain == SHA256.hex(Array(text.utf8)) && hash(false) == plain)
        var hashes: Set = [plain]
        for cleanUp in [
            CleanUp(majority: 3), CleanUp(majority: 5), CleanUp(sieve: 5),
            CleanUp(majority: 3, sieve: 5),
        ] {
            settings.cleanUp = cleanUp
            #expect(hashes.insert(hash(true)).inserted && hash(false) == plain)
        }
    }
}
