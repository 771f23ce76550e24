import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct ChipTests {
    private let folder: TemporaryFolder
    /// Brightness of 0…255 as it is, but for the curve.
    private let plain = ChipStretch(
        bands: Array(repeating: .init(black: 0, span: 255), count: 4))

    init() throws { folder = try TemporaryFolder() }

    /// Red, green and blue of a chip's pixels, by way of its file.
    private func pixels(_ painter: ChipPainter, _ chip: Chip) throws -> [[Float]] {
        let path = try folder.write(painter.png(chip), to: "chip.png")
        let reader = try SceneReader(path: path, roles: [.red, .green, .blue])
        #expect(reader.width == chip.side && reader.height == chip.side)
        let values = try reader.pixels().values
        return (0..<chip.side * chip.side).map { Array(values[3 * $0..<3 * $0 + 3]) }
    }

    private func painter(_ path: String, roles: [BandRole] = rgbInfrared) throws -> ChipPainter {
        try ChipPainter(SceneReader(path: path, roles: roles), stretch: plain)
    }

    private func colour(_ samples: [UInt8]) -> [Float] {
        samples.map { Float(plain.brightness(Float($0), band: 0)) }
    }

    @Test(arguments: [(8, 4), (7, 3), (1, 1), (64, 1)])
    func `the pixel lies where the cross-hair points, and is seen`(size: Int, zoom: Int) throws {
        let path = try folder.scene("a.tif", width: 90, height: 80) { noise($0, $1, $2) }
        let painter = try painter(path)
        let chip = Chip(x: 41, y: 37, size: size, zoom: zoom)
        let middle = size / 2 * zoom
        let found = try pixels(painter, chip)[middle * chip.side + middle]
        #expect(found == colour([noise(41, 37, 0), noise(41, 37, 1), noise(41, 37, 2)]))
    }

    @Test func `each pixel of the scene is a square of the picture`() throws {
        let path = try folder.scene("a.tif", width: 30, height: 30) { noise($0, $1, $2) }
        let chip = Chip(x: 10, y: 12, size: 6, zoom: 3, hasCross: false)
        let found = try pixels(painter(path), chip)
        for y in 0..<18 {
            for x in 0..<18 {
                let (column, row) = (7 + x / 3, 9 + y / 3)
                #expect(
                    found[y * 18 + x] == colour((0..<3).map { noise(column, row, $0) }))
            }
        }
    }

    @Test func `infrared is red, red is green, green is blue`() throws {
        let path = try folder.scene("a.tif", width: 9, height: 9) { _, _, c in
            [UInt8(10), 20, 30, 200][c]
        }
        let painter = try painter(path)
        let chip = Chip(x: 4, y: 4, size: 1, zoom: 1, rendering: .infrared, hasCross: false)
        #expect(try pixels(painter, chip) == [colour([200, 10, 20])])
        #expect(painter.renderings == [.trueColour, .infrared, .wide])
    }

    @Test func `a scene without infrared has no such chip, one without colours is gray`() throws {
        let path = try folder.scene("a.tif", width: 9, height: 9, roles: [.red, .green, .blue]) {
            UInt8(10 * $0 + $1 + $2)
        }
        let colours = try ChipPainter(path: path, roles: [.red, .green, .blue])
        #expect(colours.renderings == [.trueColour, .wide])
        let chip = Chip(x: 4, y: 4, size: 3, zoom: 1)
        var other = chip
        other.rendering = .infrared
        #expect(try colours.png(chip) == colours.png(other))
        let gray = try ChipPainter(
            SceneReader(path: path, roles: [.other], bands: [2]),
            stretch: ChipStretch(bands: [.init(black: 0, span: 255)]))
        #expect(
            try pixels(gray, Chip(x: 4, y: 4, size: 1, zoom: 1, hasCross: false))
                == [colour([45, 45, 45])])
    }

    @Test func `beyond the scene and where it has no data is a hatch`() throws {
        let path = try folder.scene("a.tif", width: 20, height: 20, nodata: 255) { x, _, _ in
            x == 5 ? UInt8(255) : 90
        }
        let found = try pixels(
            painter(path), Chip(x: 0, y: 0, size: 16, zoom: 1, hasCross: false))
        for y in 0..<16 {
            for x in 0..<16 {
                let isData = x >= 8 && y >= 8 && x != 13
                let gray = Set(found[y * 16 + x])
                #expect(
                    isData
                        ? found[y * 16 + x] == colour([90, 90, 90])
                        : gray == [134] || gray == [142])
            }
        }
    }

    @Test func `a wide chip has means, of pixels with data`() throws {
        let path = try folder.scene("a.tif", width: 4000, height: 100, nodata: 255) { x, y, _ in
            x == 401 && y == 50 ? UInt8(255) : x == 400 && y == 50 ? 100 : 20
        }
        // Eight times as wide: each pixel of the picture is the mean of 2 × 2.
        let chip = Chip(x: 400, y: 50, size: 32, zoom: 4, rendering: .wide, hasCross: false)
        let found = try pixels(painter(path), chip)
        let mean = Float(plain.brightness(140 / 3, band: 0))
        #expect(found[64 * 128 + 64] == [mean, mean, mean])
        #expect(found[64 * 128 + 65] == colour([20, 20, 20]))
    }

    @Test func `all sample types give one chip`() throws {
        func chip<Sample: RasterSample & Numeric>(_ type: Sample.Type) throws -> [UInt8] {
            let path = try folder.scene("\(type).tif", width: 40, height: 40) { x, y, c in
                Sample(exactly: Int(noise(x, y, c)) / 2) ?? 0
            }
            return try ChipPainter(path: path, roles: rgbInfrared).png(Chip(x: 39, y: 20))
        }
        let bytes = try chip(UInt8.self)
        #expect(try chip(UInt16.self) == bytes)
        #expect(try chip(Int16.self) == bytes)
        #expect(try chip(Float.self) == bytes)
    }

    @Test func `a stack is drawn as the scene that it makes`() throws {
        let path = try folder.scene("a.tif", width: 50, height: 40) { noise($0, $1, $2) }
        let parts = try (1...4).map { try folder.translate(path, "b\($0).tif", "-b", "\($0)") }
        let chip = Chip(x: 20, y: 20, rendering: .infrared)
        #expect(
            try ChipPainter(path: SceneStack(parts).path, roles: rgbInfrared).png(chip)
                == ChipPainter(path: path, roles: rgbInfrared).png(chip))
    }

    @Test func `an empty scene and one of a single value can be drawn`() throws {
        for nodata in [7.0, 8.0] {
            let path = try folder.scene("a.tif", width: 30, height: 30, nodata: nodata) { _, _, _ in
                UInt8(7)
            }
            let painter = try ChipPainter(path: path, roles: rgbInfrared)
            #expect(painter.stretch.bands.allSatisfy { $0.span > 0 })
            #expect(try !painter.png(Chip(x: 3, y: 3)).isEmpty)
        }
    }
}
