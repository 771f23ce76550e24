import Foundation
import IICInfer
import TestSupport
import Testing

/// `--aoi`, `--resample` and `--stack`, as users call them.
@Suite struct GridCommandTests {
    private let data: TestData
    private let model: String
    private let scene: String

    init() throws {
        data = try TestData()
        model = try data.model()
        let plain = try data.scene("plain.tif", UInt8.self, width: 230, height: 190)
        scene = data("a.tif")
        try runTool(
            "gdal_translate",
            [
                "-q", "-a_srs", "EPSG:25833", "-a_ullr", "400000", "5800000", "400115", "5799905",
                plain, scene,
            ])
    }

    /// A model whose training data had pixels of this size.
    private func model(pixelSize: Double) throws -> String {
        var bundle = try ModelBundle(reading: model)
        bundle.pixelSizeMetres = pixelSize
        try bundle.write(to: data("model-\(pixelSize).safetensors"))
        return data("model-\(pixelSize).safetensors")
    }

    /// A triangle, by its corners in pixels.
    private func triangle(_ name: String, _ corners: [(Double, Double)]) throws -> String {
        let points = (corners + [corners[0]]).map {
            "[\(400_000 + $0.0 / 2),\(5_800_000 - $0.1 / 2)]"
        }
        let text = """
            {"type":"FeatureCollection","crs":{"type":"name","properties":{"name":\
            "urn:ogc:def:crs:EPSG::25833"}},"features":[{"type":"Feature","properties":{},\
            "geometry":{"type":"Polygon","coordinates":[[\(points.joined(separator: ","))]]}}]}
            """
        return try data.write(Data(text.utf8), name)
    }

    private func segment(
        _ scenes: [String], _ map: String, _ flags: String..., model: String? = nil
    ) throws -> Program.Result {
        try Program(
            ["segment"] + scenes + ["-m", model ?? self.model, "-o", data("maps/" + map)] + flags
        ).wait()
    }

    @Test func `an area of interest is mapped as a scene without data elsewhere`() throws {
        let corners = [(20.2, 33.7), (211.4, 60.1), (90.9, 171.3)]
        let area = try triangle("area.json", corners)
        let result = try segment([scene], "m.tif", "--aoi", area)
        #expect(result.status == 0, "\(result.errors)")
        // The same scene, burnt out by hand.
        let reader = try SceneReader(path: scene, roles: [.red, .green, .blue, .infrared])
        var whole = [Float](repeating: 0, count: 230 * 190 * 4)
        var valid = [UInt8](repeating: 0, count: 230 * 190)
        do {
            var values = whole.mutableSpan
            var marks = valid.mutableSpan
            try reader.read(
                PixelWindow(x: 0, y: 0, width: 230, height: 190), into: &values, valid: &marks)
        }
        func isIn(_ index: Int) -> Bool {
            let (x, y) = (Double(index % 230) + 0.5, Double(index / 230) + 0.5)
            let sides = (0..<3).map { side -> Bool in
                let (a, b) = (corners[side], corners[(side + 1) % 3])
                return (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) > 0
            }
            return Set(sides).count == 1
        }
        let writer = try RasterWriter(
            path: data("burnt.tif"), width: 230, height: 190,
            bands: [.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint8,
            nodata: 0)
        var pixels: [UInt8] = []
        for index in 0..<230 * 190 {
            for band in 0..<4 { pixels.append(isIn(index) ? UInt8(whole[index * 4 + band]) : 0) }
        }
        try writer.write(
            interleaved: pixels.span, window: PixelWindow(x: 0, y: 0, width: 230, height: 190))
        try writer.finish()
        #expect(try segment([data("burnt.tif")], "burnt.tif").status == 0)
        let labels = try data.labels("maps/m.tif")
        #expect(try labels.labels == data.labels("maps/burnt.tif").labels)
        #expect(labels.kinds.count > 3)
        let all = try segment([scene], "all.tif")
        #expect(all.status == 0)
        #expect(
            MapProvenance(file: data("maps/all.tif"))?.settingsHash
                != MapProvenance(file: data("maps/m.tif"))?.settingsHash)
    }

    @Test func `an area that does not meet the bounds is refused with both named`() throws {
        let area = try triangle("area.json", [(20.2, 33.7), (111.4, 60.1), (90.9, 91.3)])
        let result = try segment([scene], "m.tif", "--aoi", area, "--bbox", "150,100,230,190")
        #expect(result.status == 65)
        #expect(
            result.errors == """
                iicd: --aoi and --bbox do not meet on “\(scene)”: no polygon of “\(area)” holds the \
                centre of a pixel from column 150, row 100 to column 229, row 189. Leave one of them \
                out, or move it.

                """)
        #expect(try data.maps.isEmpty)
        let part = try segment([scene], "m.tif", "--aoi", area, "--bbox", "50,40,230,190")
        #expect(part.status == 0, "\(part.errors)")
    }

    @Test func `areas that cannot be are refused before the work`() throws {
        let far = try triangle("far.json", [(2000, 10), (3000, 20), (2500, 900)])
        let cases: [(area: String, status: Int32, text: String)] = [
            (far, 65, "holds the centre of a pixel"), (data("none.gpkg"), 66, "There is no file"),
            (scene, 65, "vector file"),
        ]
        for (area, status, text) in cases {
            let result = try segment([scene], "m.tif", "--aoi", area)
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains(text), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
        let area = try triangle("area.json", [(20, 33), (211, 60), (90, 171)])
        let replaced = try Program.run("segment", scene, "-m", model, "-o", area, "--aoi", area)
        #expect(replaced.status == 64, "\(replaced.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `another pixel size is told of, and resampled where that is wanted`() throws {
        let coarse = try model(pixelSize: 1)
        let told = try segment([scene], "m.tif", model: coarse)
        #expect(told.status == 0)
        #expect(told.errors.contains("its pixels have 0.5 m, those of the training 1.0 m"))
        #expect(told.errors.contains("--resample"))
        let near = try segment([scene], "n.tif", model: model(pixelSize: 0.6))
        #expect(near.status == 0 && !near.errors.contains("its pixels have"))
        let resampled = try segment([scene], "r.tif", "--resample", model: coarse)
        #expect(resampled.status == 0, "\(resampled.errors)")
        #expect(!resampled.errors.contains("its pixels have"))
        let map = try LabelReader(path: data("maps/r.tif"))
        #expect(map.width == 230 && map.height == 190)
        let place = try SceneReader(path: scene, roles: [.red]).georeference
        #expect(map.georeference == place)
        let (labels, kinds) = try data.labels("maps/r.tif")
        #expect(kinds.count > 3 && labels.count { $0 == LabelReader.none } == 40 * 41 / 2)
        for (index, flags) in [["--threads", "1"], ["--threads", "3", "--memory", "200MiB"]]
            .enumerated()
        {
            let again = try Program(
                [
                    "segment", scene, "-m", coarse, "-o", data("maps/r\(index).tif"), "--resample",
                ] + flags
            ).wait()
            #expect(again.status == 0, "\(again.errors)")
            #expect(try data.bytes("maps/r\(index).tif") == data.bytes("maps/r.tif"))
        }
        let paper = try segment(
            [scene], "p.tif", "--resample", "--geometry", "paper", model: coarse)
        #expect(paper.status == 0, "\(paper.errors)")
        let unknown = try segment([scene], "x.tif", "--resample")
        #expect(unknown.status == 65 && unknown.errors.contains("does not know the pixel size"))
        let fit = try Program(["inspect", scene, "-m", coarse, "--json"]).wait()
        #expect(fit.output.contains("its pixels have 0.5 m"))
        let dry = try Program(["inspect", scene, "-m", coarse, "--json", "--resample"]).wait()
        #expect(dry.status == 0 && !dry.output.contains("its pixels have"))
    }

    @Test func `single bands given together are one scene`() throws {
        let names = ["T33UUP_B02.tif", "T33UUP_B03.tif", "T33UUP_B04.tif", "T33UUP_B08.tif"]
        for (name, band) in zip(names, ["3", "2", "1", "4"]) {
            try runTool(
                "gdal_translate", ["-q", "-b", band, "-colorinterp", "gray", scene, data(name)])
        }
        let files = names.map { data($0) }
        #expect(try segment([scene], "whole.tif").status == 0)
        let stacked = try segment(files, "stack.tif", "--stack", "--json")
        #expect(stacked.status == 0, "\(stacked.errors)")
        #expect(stacked.errors.contains("Red is “\(files[2])”"))
        #expect(try data.labels("maps/stack.tif").labels == data.labels("maps/whole.tif").labels)
        let stack = try LabelReader(path: data("maps/stack.tif")).georeference
        let whole = try LabelReader(path: data("maps/whole.tif")).georeference
        #expect(stack == whole)
        let provenance = try #require(MapProvenance(file: data("maps/stack.tif")))
        #expect(try provenance.sceneHash == SceneHash.sha256(scene: SceneStack(files).path))
        #expect(try segment(files, "", "--stack").status == 64)
        #expect(try segment([files[0]], "x.tif", "--stack").status == 64)
        let replaced = try Program.run(
            "segment", files[0], files[1], files[2], files[3], "--stack", "-m", model, "-o",
            files[3])
        #expect(replaced.status == 64, "\(replaced.errors)")
        let few = try segment(Array(files.prefix(3)), "x.tif", "--stack")
        #expect(few.status == 65, "\(few.errors)")
        #expect(try data.maps.filter { $0.hasSuffix(".tif") } == ["stack.tif", "whole.tif"])
    }

    @Test(.timeLimit(.minutes(4)))
    func `the daemon maps in the area, and warns of pixel sizes`() throws {
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
        try data.write(data.bytes("a.tif"), "in/a.tif")
        let area = try triangle("area.json", [(20, 33), (211, 60), (90, 171)])
        let coarse = try model(pixelSize: 1)
        let result = try Program.run(
            "watch", data("in"), "-m", coarse, "-o", data("maps"), "--once", "--settle", "0",
            "--aoi", area)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("its pixels have 0.5 m"), "\(result.errors)")
        let single = try segment([scene], "single.tif", "--aoi", area, model: coarse)
        #expect(single.status == 0)
        #expect(try data.bytes("maps/single.tif") == data.bytes("maps/a.tif"))
        let again = try Program.run(
            "watch", data("in"), "-m", coarse, "-o", data("maps"), "--once", "--settle", "0",
            "--aoi", area, "--resample")
        #expect(again.status == 0 && again.errors.contains("Mapped “a.tif”"), "\(again.errors)")
    }
}
