import Foundation
import IICInfer
import IICTrain
import TestSupport
import Testing

@Suite struct PrepareTests {
    private let data: TestData
    /// Of the scenes: at half their size two tiles of 200 a side, and some pixels more.
    private static let (width, height) = (860, 820)
    private static let colours: [[UInt8]] = [
        [255, 255, 255], [0, 0, 255], [0, 255, 255], [0, 255, 0], [255, 255, 0], [255, 0, 0],
    ]

    init() throws {
        data = try TestData()
        for folder in ["raw/4_Ortho_RGBIR", "raw/5_Labels_for_participants"] {
            try FileManager.default.createDirectory(
                atPath: data(folder), withIntermediateDirectories: true)
        }
    }

    private func prepare(_ arguments: [String]) throws -> Program.Result {
        try Program(["prepare"] + arguments).wait()
    }

    private func label(_ x: Int, _ y: Int, _ seed: Int) -> Int {
        TestData.noise(x / 7, y / 5, 90 + seed) % 6
    }

    private func pixel(_ x: Int, _ y: Int, _ band: Int, _ seed: Int) -> UInt8 {
        UInt8(TestData.noise(x, y, band + 10 * seed))
    }

    private func write(
        _ name: String, bands: Int, colour: (_ x: Int, _ y: Int) -> [UInt8]
    ) throws {
        let roles: [BandRole] = bands == 1 ? [.other] : Array(trainingRoles.prefix(bands))
        let writer = try RasterWriter(
            path: data(name), width: Self.width, height: Self.height,
            bands: roles.map { .init(role: $0) }, type: .uint8)
        var row: [UInt8] = []
        for y in 0..<Self.height {
            row.removeAll(keepingCapacity: true)
            for x in 0..<Self.width { row += colour(x, y) }
            try writer.write(
                interleaved: row.span,
                window: PixelWindow(x: 0, y: y, width: Self.width, height: 1))
        }
        try writer.finish()
    }

    /// Scenes as in the archive; of the last one nothing is known.
    private func writeArchive(yellow: UInt8 = 255) throws {
        for (seed, name) in ["2_10", "2_11", "6_7"].enumerated() {
            try write("raw/4_Ortho_RGBIR/top_potsdam_\(name)_RGBIR.tif", bands: 4) { x, y in
                (0..<4).map { pixel(x, y, $0, seed) }
            }
            guard seed < 2 else { continue }
            try write("raw/5_Labels_for_participants/top_potsdam_\(name)_label.tif", bands: 3) {
                let label = label($0, $1, seed)
                return label == 4 ? [yellow, 255, 0] : Self.colours[label]
            }
        }
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try data.bytes(name), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    @Test func `the archive becomes the authors' tiles`() throws {
        try writeArchive()
        let result = try prepare([data("raw"), "-o", data("tiles"), "--preset", "potsdam6"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output.hasPrefix("\(data("tiles"))  12 tiles of 200 × 200 from 3 scenes, 8 "))
        #expect(
            result.output.hasSuffix(
                "lists  unlabelled_train 4, labelled_train 7, labelled_test 1\n"))
        #expect(
            result.errors.contains("30 columns on the right and 10 rows below")
                && result.errors.contains("So it is with 2 more of the scenes."))
        let folder = try MatFolder(path: data("tiles"))
        #expect(folder.tiles.map(\.name) == (0..<12).map(String.init))
        #expect(folder.splits == ["labelled_test", "labelled_train", "unlabelled_train"])
        let table = try lines("tiles/tiles.csv")
        #expect(table.count == 13)
        for (index, line) in table.dropFirst().enumerated() {
            let fields = line.split(separator: ",")
            let (scene, column, row) = (index / 4, index % 2, index / 2 % 2)
            #expect(fields[2] == "\(column)" && fields[3] == "\(row)")
            let tile = try MatFile.tile(at: data("tiles/imgs/\(fields[0]).mat"))
            #expect(tile.height == 200 && tile.width == 200 && tile.channels == 4)
            // By OpenCV's rule: see SceneScalingTests.
            var pixels: [UInt8] = []
            var labels: [Int32] = []
            for y in row * 200..<row * 200 + 200 {
                for x in column * 200..<column * 200 + 200 {
                    for band in 0..<4 {
                        let sum = [(0, 0), (1, 0), (0, 1), (1, 1)].reduce(0) { sum, step in
                            sum + Int(pixel(2 * x + step.0, 2 * y + step.1, band, scene))
                        }
                        pixels.append(UInt8((sum + 2) / 4))
                    }
                    labels.append(Int32(label(2 * x, 2 * y, scene)))
                }
            }
            #expect(tile.pixels == pixels)
            let truth = data("tiles/gt/\(fields[0]).mat")
            guard scene < 2 else {
                #expect(!FileManager.default.fileExists(atPath: truth))
                continue
            }
            #expect(try MatFile.labels(at: truth).labels == labels)
        }
        let known = try folder.tiles(split: "labelled_train") + folder.tiles(split: "labelled_test")
        #expect(known.count == 8 && known.allSatisfy { $0.truthPath != nil })
        #expect(try folder.tiles(split: "unlabelled_train").allSatisfy { $0.truthPath == nil })
    }

    @Test func `the same scenes make the same bytes, and three classes of six`() throws {
        try writeArchive(yellow: 252)
        for name in ["a", "b"] {
            let result = try prepare([data("raw"), "-o", data(name), "--preset", "potsdam3"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("have colours near the palette's"), "\(result.errors)")
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: data("a")).sorted()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: data("b")).sorted() == names)
        #expect(names.count == 2 + 12 + 8 + 4)
        for name in names where name.contains(".") {
            #expect(try data.bytes("a/\(name)") == data.bytes("b/\(name)"), "\(name)")
        }
        let first = try lines("a/tiles.csv")[1].split(separator: ",")[0]
        let coarse: [Int32] = [0, 1, 2, 2, 0, 1]
        let labels = try MatFile.labels(at: data("a/gt/\(first).mat")).labels
        #expect(labels == (0..<40_000).map { coarse[label($0 % 200 * 2, $0 / 200 * 2, 0)] })
        // Train takes them as they are.
        let trained = try Program(
            ["train", data("a"), "-o", data("maps/m"), "--steps", "2"] + TrainTests.small
        ).wait()
        #expect(trained.status == 0, "\(trained.errors)")
    }

    /// GDAL's own mean, of 200 × 192 pixels of 600 × 576.
    @Test func `other scales agree with gdalwarp`() throws {
        try write("scene.tif", bands: 4) { x, y in (0..<4).map { pixel(x, y, $0, 0) } }
        try runTool(
            "gdal_translate",
            [
                "-q", "-srcwin", "0", "0", "600", "576", "-outsize", "200", "192", "-r", "average",
                data("scene.tif"), data("third.tif"),
            ])
        let result = try prepare([
            data("scene.tif"), "-o", data("tiles"), "--scale", "\(1 / 3.0)", "--tile", "96",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let gdal = try SceneReader(path: data("third.tif"), roles: trainingRoles)
        for line in try lines("tiles/tiles.csv").dropFirst() {
            let fields = line.split(separator: ",").map(String.init)
            guard let column = Int(fields[2]), let row = Int(fields[3]), column < 2, row < 2 else {
                continue
            }
            let count = 96 * 96
            var values = [Float](repeating: 0, count: count * 4)
            var valid = [UInt8](repeating: 0, count: count)
            var span = values.mutableSpan
            var flags = valid.mutableSpan
            try gdal.read(
                PixelWindow(x: column * 96, y: row * 96, width: 96, height: 96), into: &span,
                valid: &flags)
            let tile = try MatFile.tile(at: data("tiles/imgs/\(fields[0]).mat"))
            // GDAL sums nine floats; a mean of half a level may fall either way.
            #expect(zip(tile.pixels, values).allSatisfy { abs(Float($0) - $1) <= 1 })
            #expect(zip(tile.pixels, values).filter { Float($0) != $1 }.count < count / 100)
        }
    }

    @Test func `truth may be class numbers, with or without a table of colours`() throws {
        try write("scene.tif", bands: 4) { x, y in (0..<4).map { pixel(x, y, $0, 0) } }
        let legend = Legend(entries: Self.colours.map { .init(name: "", colour: $0) })
        let map = try MapWriter(
            path: data("classes.tif"), width: Self.width, height: Self.height, georeference: .none,
            legend: legend)
        var labels = (0..<Self.width * Self.height).map {
            UInt8(label($0 % Self.width, $0 / Self.width, 0))
        }
        labels[0] = 255
        try map.write(
            labels.span, window: PixelWindow(x: 0, y: 0, width: Self.width, height: Self.height))
        try map.finish()
        let scene = [data("scene.tif"), "--truth", data("classes.tif"), "--test", "0"]
        let plain = try prepare(scene + ["-o", data("plain"), "--json"])
        #expect(plain.status == 0 && plain.output.hasPrefix("{\"classes\":["), "\(plain.errors)")
        let merged = try prepare(scene + ["-o", data("merged"), "--palette", "potsdam3"])
        #expect(merged.status == 0, "\(merged.errors)")
        let first = try lines("plain/tiles.csv")[1].split(separator: ",")[0]
        let coarse: [Int32] = [0, 1, 2, 2, 0, 1]
        let numbers = try MatFile.labels(at: data("plain/gt/\(first).mat")).labels
        #expect(numbers[0] == -1)
        #expect(numbers[1...] == (0..<40_000).map { Int32(label($0 % 200, $0 / 200, 0)) }[1...])
        #expect(
            try MatFile.labels(at: data("merged/gt/\(first).mat")).labels
                == numbers.map { $0 < 0 ? -1 : coarse[Int($0)] })
        #expect(try lines("plain/labelled_test.txt").isEmpty)
    }

    @Test func `unknown colours are refused with the commonest, or stay unlabelled`() throws {
        try write("scene.tif", bands: 4) { x, y in (0..<4).map { pixel(x, y, $0, 0) } }
        try write("truth.tif", bands: 3) { x, y in
            y % 50 == 0 ? [255, 0, 255] : Self.colours[label(x, y, 0)]
        }
        let command = [
            data("scene.tif"), "--truth", data("truth.tif"), "-o", data("tiles"), "--palette",
            "potsdam6",
        ]
        let refused = try prepare(command)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("(255, 0, 255) most often"), "\(refused.errors)")
        // Nothing of it is left.
        #expect(!FileManager.default.fileExists(atPath: data("tiles")))
        let allowed = try prepare(command + ["--unknown", "0.05"])
        #expect(allowed.status == 0)
        #expect(allowed.output.contains("unlabelled 2.0 %"), "\(allowed.output)")
        #expect(allowed.errors.contains("2.0 % have colours that the palette lacks"))
        let first = try lines("tiles/tiles.csv")[1].split(separator: ",")[0]
        let labels = try MatFile.labels(at: data("tiles/gt/\(first).mat")).labels
        #expect(labels[0] == -1 && labels[200] >= 0)
        // What fails takes nothing of the dataset that it would have replaced.
        let before = try lines("tiles/tiles.csv")
        #expect(try prepare(command + ["--overwrite"]).status == 65)
        #expect(try lines("tiles/tiles.csv") == before)
        let folder = try MatFolder(path: data("tiles"))
        #expect(folder.tiles.count == before.count - 1 && folder.hasTruth)
        let names = try FileManager.default.contentsOfDirectory(atPath: data("tiles"))
        #expect(!names.contains { $0.hasPrefix(".") }, "\(names)")
    }

    @Test func `a folder is replaced only if it is ours and that is wanted`() throws {
        try write("scene.tif", bands: 4) { x, y in (0..<4).map { pixel(x, y, $0, 0) } }
        let command = [data("scene.tif"), "-o", data("tiles")]
        #expect(try prepare(command + ["--tile", "100"]).status == 0)
        let again = try prepare(command)
        #expect(again.status == 73 && again.errors.contains("is not empty"), "\(again.errors)")
        #expect(try prepare(command + ["--overwrite"]).status == 0)
        #expect(try MatFolder(path: data("tiles")).tiles.count == 16)
        try data.write(Data(), "tiles/imgs/photo.mat")
        #expect(try prepare(command + ["--overwrite"]).status == 73)
        #expect(FileManager.default.fileExists(atPath: data("tiles/imgs/photo.mat")))
        let other = try prepare([data("scene.tif"), "-o", data("maps"), "--overwrite"])
        #expect(other.status == 0, "an empty folder is as good as none: \(other.errors)")
        let home = try prepare([data("scene.tif"), "-o", data.path, "--overwrite"])
        #expect(home.status == 73 && home.errors.contains("was not written by iicd prepare"))
    }

    @Test func `what cannot be tiles is refused before anything is written`() throws {
        try write("scene.tif", bands: 4) { x, y in (0..<4).map { pixel(x, y, $0, 0) } }
        try write("rgb.tif", bands: 3) { x, y in Self.colours[label(x, y, 0)] }
        try data.scene("wide.tif", UInt16.self, width: 300, height: 300)
        try data.scene("small.tif", UInt8.self, width: 150, height: 300)
        let scene = data("scene.tif")
        let cases: [(arguments: [String], status: Int32, words: String)] = [
            ([data("wide.tif")], 65, "gdal_translate -ot Byte"),
            ([data("small.tif")], 65, "has 150 × 300 pixels at this scale"),
            ([data("rgb.tif")], 65, "do not fit"),
            ([data("none.tif")], 66, "none.tif"),
            ([data("maps")], 66, "holds no rasters"),
            ([scene, "--truth", data("rgb.tif")], 64, "say which is which with --palette"),
            ([scene, "--truth", scene, "--palette", "potsdam6"], 64, "as a scene and as truth"),
            ([scene, "--truth", data("wide.tif")], 65, "is no truth"),
            ([scene, "--palette", data("none.txt")], 66, "none.txt"),
            ([scene, "--scale", "2"], 64, "--scale must lie above 0"),
            ([scene, "--scale", "-1"], 64, "--scale must lie above 0"),
            ([scene, "--tile", "2"], 64, "--tile must lie"),
            ([scene, "--tile", "8001"], 64, "give a --tile of at most 8000"),
            ([scene, "--tile", "10000", "--scale", "0.5"], 64, "give a --tile of at most 4000"),
            ([scene, "--tile", "800", "--scale", "0.1"], 65, "pixels at this scale"),
            ([scene, "--test", "1.5"], 64, "--test"),
            ([scene, "--test", "2_10"], 64, "No scene with truth is called “2_10”"),
            ([scene, "--unknown", "2"], 64, "--unknown must lie"),
            ([scene, "--tolerance", "256"], 64, "--tolerance must lie"),
            ([scene, "--bands", "1,2"], 64, "--bands needs four numbers"),
        ]
        for (arguments, status, words) in cases {
            let result = try prepare(arguments + ["-o", data("tiles")])
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: data("tiles")), "\(arguments)")
        }
        try data.scene("other.tif", UInt8.self, width: 300, height: 300, bands: 1)
        let sizes = try prepare([scene, "--truth", data("other.tif"), "-o", data("tiles")])
        #expect(sizes.status == 65 && sizes.errors.contains("is 300 × 300 pixels, and its scene"))
    }
}
