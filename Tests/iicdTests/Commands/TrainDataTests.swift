import Foundation
import IICInfer
import IICTrain
import Testing

/// Data that are not what a training needs: refused, or named in a sentence.
@Suite struct TrainDataTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func train(_ arguments: [String]) throws -> Program.Result {
        try Program(["train", "-o", data("maps/m")] + TrainTests.small + arguments).wait()
    }

    /// A scene with noise in all bands but some.
    private func scene(_ name: String, constant: [UInt8?]) throws -> String {
        let writer = try RasterWriter(
            path: data(name), width: 100, height: 90, bands: trainingRoles.map { .init(role: $0) },
            type: .uint8)
        var pixels: [UInt8] = []
        for y in 0..<90 {
            for x in 0..<100 {
                for band in 0..<4 {
                    pixels.append(constant[band] ?? UInt8(TestData.noise(x / 9, y / 9, band)))
                }
            }
        }
        try writer.write(
            interleaved: pixels.span, window: PixelWindow(x: 0, y: 0, width: 100, height: 90))
        try writer.finish()
        return data(name)
    }

    @Test func `a constant band is named, in the model too, and is no other data on resuming`()
        throws
    {
        let path = try scene("a.tif", constant: [nil, nil, nil, 77])
        let result = try train([path, "--steps", "2"])
        #expect(result.status == 0, "\(result.errors)")
        let words =
            "A band of one value tells nothing, as far as the data were looked at (infrared 77)"
        #expect(result.errors.contains(words), "\(result.errors)")
        let model = try ModelBundle(reading: data("maps/m"))
        #expect(model.data["constantBands"] == ["infrared": .number(77)])
        let resumed = try train([path, "--steps", "3", "--resume", "--json"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("\"text\":\"\(words)"), "\(resumed.errors)")
    }

    @Test func `a scene of one colour trains with a warning`() throws {
        let result = try train([
            try scene("a.tif", constant: [3, 40, 5, 6]), "--steps", "2",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.errors.contains("(red 3, green 40, blue 5, infrared 6): there is nothing"),
            "\(result.errors)")
    }

    @Test func `data with something in every band train without a word of it`() throws {
        let result = try train([
            try scene("a.tif", constant: [nil, nil, nil, nil]), "--steps", "2",
        ])
        #expect(result.status == 0 && !result.errors.contains("looked at"), "\(result.errors)")
        #expect(try ModelBundle(reading: data("maps/m")).data["constantBands"] == nil)
    }

    @Test(arguments: [60, 80])
    func `a tile that claims more or less than it has is refused before the first step`(
        width: Int
    ) throws {
        let tiles = try data.tiles("tiles", count: 20, height: 60, width: 70)
        let path = data("tiles/imgs/13.mat")
        let tile = try MatFile.tile(at: path)
        try MatFile.write(tile, to: path, compressed: false)
        var bytes = try data.bytes("tiles/imgs/13.mat")
        // After the header, the element's tag, the array flags and the dimensions' tag: the height.
        let place = 128 + 8 + 16 + 8 + 4
        #expect(bytes[place] == 70)
        bytes[place] = UInt8(width)
        try data.write(bytes, "tiles/imgs/13.mat")
        let result = try train([tiles, "--steps", "1"])
        #expect(result.status == 65)
        #expect(
            result.errors
                == "iicd: “img” in “\(path)” claims to be 60 × \(width) × 4, which takes "
                + "\(60 * width * 4) bytes, and has 16800; copy or save it again.\n")
        #expect(try data.maps.isEmpty)
    }

    @Test func `tiles with endings in capitals are found`() throws {
        let tiles = try data.tiles("tiles", count: 4, height: 60, width: 70)
        for part in ["imgs", "gt"] {
            try FileManager.default.moveItem(
                atPath: data("tiles/\(part)/0.mat"), toPath: data("tiles/\(part)/0.MAT"))
        }
        let result = try train([tiles, "--steps", "1"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ModelBundle(reading: data("maps/m")).data["tiles"]?.integer == 4)
    }

    @Test func `what is taken for granted of the truth is said`() throws {
        let path = try scene("a.tif", constant: [nil, nil, nil, nil])
        let truth = try data.scene("truth.tif", UInt8.self, width: 100, height: 90, bands: 1)
        let notes = try train([path, "--truth", truth, "--steps", "1"])
        #expect(notes.status == 0)
        #expect(
            notes.errors.contains(
                "“\(path)” does not say where its pixels lie: they are taken for those of “\(truth)”."
            ), "\(notes.errors)")
    }

    @Test(arguments: ["refine", "batchnorm-tracking"])
    func `a flag and its opposite are refused together`(flag: String) throws {
        let tiles = try data.tiles("tiles", count: 4, height: 60, width: 70)
        for flags in [["--\(flag)", "--no-\(flag)"], ["--no-\(flag)", "--\(flag)"]] {
            let result = try train([tiles, "--steps", "1"] + flags)
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.contains("'\(flags[0])'"), "\(result.errors)")
            #expect(result.errors.contains("'\(flags[1])'"), "\(result.errors)")
            #expect(try data.maps.isEmpty)
        }
        // What is given wins over what is set.
        let result = try Program(
            ["train", tiles, "-o", data("maps/m"), "--steps", "1", "--no-\(flag)"]
                + TrainTests.small,
            environment: [
                "IICD_\(flag.uppercased().replacing("-", with: "_"))": "true"
            ]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
    }
}
