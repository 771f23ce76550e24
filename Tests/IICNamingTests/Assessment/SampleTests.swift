import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// How many points each class gets, and which.
@Suite struct SampleTests {
    let folder: TemporaryFolder
    let path: String
    static let place = Georeference(epsg: 32633, left: 500_000, top: 5_000_000, pixelSize: 10)

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.scene(
            "map.tif", width: 300, height: 200, roles: [.other],
            georeference: #require(Self.place), nodata: 255, value: Self.label)
    }

    /// 1 is rare; a corner has no data.
    static func label(_ x: Int, _ y: Int, _: Int) -> UInt8 {
        x + y < 40 ? 255 : noise(x, y, 3) == 7 ? 1 : x < 200 ? 4 : 2
    }

    private func draw(
        _ count: Int, _ name: String, seed: UInt64 = 1, from path: String? = nil,
        replacing: Bool = false
    ) throws -> MapSample {
        let map = try LabelReader(path: path ?? self.path)
        let strata = try MapStrata(counting: map)
        try MapSample.draw(
            SampleAllocation(pixels: strata.strata.map(\.pixels), total: count), from: map,
            strata: strata, seed: seed, to: folder(name), replacing: replacing)
        return try MapSample(reading: folder(name))
    }

    @Test func `rare classes get as many each, the others in proportion`() throws {
        let counts = try SampleAllocation(
            pixels: [200_000, 150_000, 3_200_000, 6_450_000], total: 640)
        #expect(counts.counts == [50, 50, 179, 361])
        #expect(counts.least == 50)
        #expect(
            try SampleAllocation(pixels: [1_000, 1_000, 98_000], total: 60).counts == [10, 10, 40])
        // As many as there are.
        #expect(try SampleAllocation(pixels: [3, 500, 1], total: 100).counts == [3, 96, 1])
        #expect(try SampleAllocation(pixels: [3, 5, 1], total: 9).counts == [3, 5, 1])
        #expect(try SampleAllocation(pixels: [100, 100], total: 7).total == 7)
        #expect(throws: AssessmentError.tooFew(points: 3, classes: 2)) {
            try SampleAllocation(pixels: [100, 100], total: 3)
        }
        #expect(throws: AssessmentError.tooMany(points: 10, pixels: 9)) {
            try SampleAllocation(pixels: [3, 5, 1], total: 10)
        }
        for total in 6...300 {
            let some = try SampleAllocation(pixels: [90, 400, 17], total: total)
            #expect(some.total == total)
            #expect(zip(some.counts, [90, 400, 17]).allSatisfy { (2...$1).contains($0) })
        }
    }

    @Test func `pixels of all classes are drawn, none twice and none without data`() throws {
        let sample = try draw(120, "a.gpkg")
        #expect(sample.points.count == 120)
        #expect(sample.points.map(\.id) == Array(1...120))
        #expect(Set(sample.points.map { $0.x + 1000 * $0.y }).count == 120)
        #expect(sample.points.allSatisfy { $0.reference == nil })
        let labels = sample.points.map { Self.label($0.x, $0.y, 0) }
        #expect(labels.count { $0 == 1 } == 20)
        #expect(Set(labels) == [1, 2, 4])
        // The order tells nothing of the class.
        #expect(Set(labels.prefix(40)) == [1, 2, 4])
        let text = try output(of: "ogrinfo", ["-al", "-so", folder("a.gpkg")])
        for field in ["id: Integer64", "x: Integer64", "y: Integer64", "reference: String"] {
            #expect(text.contains(field), "\(field)")
        }
        #expect(!text.contains("stratum") && !text.contains("class:"))
    }

    @Test func `a seed's sample is the same for any blocks of the file`() throws {
        let tiled = try folder.translate(
            path, "tiled.tif", "-co", "TILED=YES", "-co", "BLOCKXSIZE=64", "-co", "BLOCKYSIZE=32")
        let striped = try folder.translate(path, "striped.tif", "-co", "BLOCKYSIZE=1")
        let first = try draw(90, "a.gpkg").points
        #expect(try draw(90, "b.gpkg", from: tiled).points == first)
        #expect(try draw(90, "c.gpkg", from: striped).points == first)
        #expect(try draw(90, "d.gpkg", seed: 2).points != first)
        #expect(try folder.bytes(of: "a.gpkg") == folder.bytes(of: "c.gpkg"))
    }

    @Test func `every pixel of a class is as likely as any other`() throws {
        let small = try folder.scene(
            "small.tif", width: 6, height: 4, roles: [.other], nodata: 0
        ) { x, y, _ in UInt8(x < 3 ? 1 : x < 5 ? 2 : 0) }
        let map = try LabelReader(path: small)
        let strata = try MapStrata(counting: map)
        #expect(strata.strata.map(\.pixels) == [12, 8])
        var drawn = [Int](repeating: 0, count: 24)
        let rounds = 3000
        for seed in 0..<rounds {
            let pixels = try SampleDraw.pixels(
                of: map, strata: strata, counts: [3, 2], seed: UInt64(seed), isCancelled: { false })
            #expect(pixels.count == 5)
            for pixel in pixels { drawn[pixel.y * 6 + pixel.x] += 1 }
        }
        // 750 each, with a standard deviation of 24.
        for y in 0..<4 {
            for x in 0..<6 {
                let count = drawn[y * 6 + x]
                #expect(x < 5 ? (640...860).contains(count) : count == 0, "\(x) \(y): \(count)")
            }
        }
    }

    @Test func `answers are saved one by one, and a sample with answers is not drawn over`()
        throws
    {
        var sample = try draw(30, "a.gpkg")
        let before = try folder.bytes(of: "a.gpkg")
        sample.answer("<b>é</b>", at: 4)
        sample.answer("2", at: 7)
        try sample.save()
        sample.answer(nil, at: 7)
        try sample.save()
        try sample.save()
        let read = try MapSample(reading: folder("a.gpkg"))
        #expect(read.points == sample.points)
        #expect(read.points[4].reference == "<b>é</b>" && read.points[7].reference == nil)
        #expect(throws: VectorError.exists(path: folder("a.gpkg"))) { try draw(30, "a.gpkg") }
        #expect(try MapSample(reading: folder("a.gpkg")).points[4].reference == "<b>é</b>")
        _ = try draw(30, "a.gpkg", replacing: true)
        #expect(try folder.bytes(of: "a.gpkg") == before)
        var file = PointFile(name: "sample", fields: [("reference", .text)])
        file.points = [.init(x: 1, y: 1, values: [.none])]
        try file.write(to: folder("b.gpkg"), on: .none, replacing: false)
        #expect(throws: AssessmentError.self) { try MapSample(reading: folder("b.gpkg")) }
    }
}
