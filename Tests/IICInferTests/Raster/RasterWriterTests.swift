import IICInfer
import TestSupport
import Testing

@Suite struct RasterWriterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a written scene is what gdalinfo says it is`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        let writer = try RasterWriter(
            path: folder("scene.tif"), width: 300, height: 257,
            bands: [
                .init(role: .red), .init(role: .green), .init(role: .blue),
                .init(role: .infrared),
            ],
            type: .uint16, georeference: place, nodata: 65535)
        let samples = (0..<300 * 257 * 4).map { UInt16($0 % 50_000) }
        try writer.write(
            interleaved: samples.span,
            window: PixelWindow(x: 0, y: 0, width: 300, height: 257))
        #expect(try folder.files.allSatisfy { $0.hasPrefix(".") })
        try writer.finish()
        #expect(try folder.files == ["scene.tif"])
        let info = try output(of: "gdalinfo", [folder("scene.tif")])
        #expect(info.contains("Size is 300, 257"))
        #expect(info.contains("Origin = (500000.000000000000000,5400000.000000000000000)"))
        #expect(info.contains("Pixel Size = (0.500000000000000,-0.500000000000000)"))
        #expect(info.contains("ID[\"EPSG\",32632]"))
        #expect(info.contains("Type=UInt16, ColorInterp=Red"))
        #expect(info.contains("Type=UInt16, ColorInterp=Undefined"))
        #expect(info.contains("Description = infrared"))
        #expect(info.contains("NoData Value=65535"))
        let pixel = try output(
            of: "gdallocationinfo", ["-valonly", folder("scene.tif"), "299", "256"])
        #expect(pixel.split(separator: "\n").map { UInt16($0) } == samples.suffix(4).map { $0 })
    }

    @Test func `a writer that does not finish leaves nothing`() throws {
        do {
            let writer = try RasterWriter(
                path: folder("scene.tif"), width: 3, height: 2, bands: [.init(role: .other)],
                type: .float32)
            try writer.write(
                [Float](repeating: 1, count: 6).span,
                window: PixelWindow(x: 0, y: 0, width: 3, height: 2), band: 1)
        }
        #expect(try folder.files.isEmpty)
    }

    @Test func `class names and colours reach other programs, and older names go away`() throws {
        let legend = Legend(
            entries: [
                .init(name: "water & “ice”", colour: [1, 2, 3]),
                .init(name: "wood", colour: [4, 5, 6]),
            ])
        let window = PixelWindow(x: 0, y: 0, width: 2, height: 1)
        let map = try MapWriter(
            path: folder("a.tif"), width: 2, height: 1, georeference: .none, legend: legend)
        try map.write([0, 1].span, window: window)
        try map.finish()
        let named = try output(of: "gdalinfo", [folder("a.tif")])
        #expect(named.contains("0: water & “ice”") && named.contains("1: 4,5,6,255"))
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 1, bands: [.init(role: .other)], type: .uint8)
        try writer.write([UInt8(0), 1].span, window: window, band: 1)
        try writer.finish()
        #expect(try !output(of: "gdalinfo", [folder("a.tif")]).contains("water"))
        #expect(try folder.files == ["a.tif"])
    }
}
