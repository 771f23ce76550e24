import Foundation
import IICInfer
import Testing

@Suite struct SegmentTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    @discardableResult
    private func segment(_ arguments: String...) throws -> Program.Result {
        let result = try Program(["segment", "-m", model] + arguments).wait()
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    @Test func `a map has the scene's place, the model's legend and its provenance`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 250)
        let result = try segment(scene, "-o", data("maps/m.tif"))
        let map = try LabelReader(path: data("maps/m.tif"))
        #expect(map.width == 430 && map.height == 250)
        #expect(map.georeference.transform == TestData.place.transform)
        #expect(map.categories == Legend.unnamed(classes: 5).entries.map(\.name))
        let (labels, kinds) = try data.labels("maps/m.tif")
        #expect(kinds.count > 2 && kinds.isSubset(of: [-1, 0, 1, 2, 3, 4]))
        #expect(labels.count { $0 == LabelReader.none } == 40 * 41 / 2)
        #expect(try data.maps == ["m.tif", "m.tif.aux.xml"])
        #expect(result.output.hasPrefix(data("maps/m.tif") + "  430 × 250 pixels  Class "))
        #expect(result.output.hasSuffix("no data 0.8 %\n"))
        let provenance = try #require(MapProvenance(file: data("maps/m.tif")))
        #expect(try provenance.sceneHash == SceneHash.sha256(file: scene))
        #expect(try provenance.modelHash == ModelBundle(reading: model).modelHash)
        #expect(provenance.version == Software.version)
        let band = try SceneSummary(path: data("maps/m.tif")).bands[0]
        #expect(band.type == "Byte" && band.nodata == 255)
    }

    @Test(arguments: ["paper", "seamless"])
    func `threads and memory do not change a byte`(geometry: String) throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 450)
        let runs = [["--threads", "1"], ["--threads", "3"], ["--threads", "3", "--memory"]]
        for (index, flags) in runs.enumerated() {
            let limit = flags.count == 3 ? ["172MiB"] : []
            let result = try Program(
                ["segment", scene, "-m", model, "-o", data("maps/\(index).tif")] + flags + limit
                    + ["--geometry", geometry]
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        let first = try data.bytes("maps/0.tif")
        #expect(try data.bytes("maps/1.tif") == first && data.bytes("maps/2.tif") == first)
        let table = try data.bytes("maps/0.tif.aux.xml")
        #expect(try data.bytes("maps/2.tif.aux.xml") == table)
    }

    @Test func `geometries differ, and a map tells which it has`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        try segment(scene, "-o", data("maps/s.tif"))
        try segment(scene, "-o", data("maps/p.tif"), "--geometry", "paper")
        #expect(try data.labels("maps/s.tif").labels != data.labels("maps/p.tif").labels)
        let seamless = try #require(MapProvenance(file: data("maps/s.tif")))
        let paper = try #require(MapProvenance(file: data("maps/p.tif")))
        #expect(seamless.settingsHash != paper.settingsHash)
        #expect(seamless.sceneHash == paper.sceneHash && seamless.modelHash == paper.modelHash)
    }

    @Test(arguments: ["paper", "seamless"])
    func `a part of a scene has the labels of the whole`(geometry: String) throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 450)
        try segment(scene, "-o", data("maps/all.tif"), "--geometry", geometry)
        try segment(
            scene, "-o", data("maps/part.tif"), "--geometry", geometry, "--bbox",
            "191,33,405,9999")
        let window = PixelWindow(x: 191, y: 33, width: 214, height: 417)
        #expect(
            try data.labels("maps/part.tif").labels == data.labels("maps/all.tif", window).labels)
        let part = try LabelReader(path: data("maps/part.tif"))
        #expect(part.georeference.transform == TestData.place.shifted(x: 191, y: 33).transform)
    }

    @Test func `other outputs are written beside the map`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        let result = try segment(
            scene, "-o", data("maps/m.tif"), "--overclusters", data("maps/fine.tif"), "--preview",
            data("maps/m.png"), "--json")
        #expect(
            try data.maps == [
                "fine.tif", "fine.tif.aux.xml", "m.png", "m.tif", "m.tif.aux.xml",
            ])
        #expect(try data.bytes("maps/m.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try LabelReader(path: data("maps/fine.tif")).categories.last == "Cluster 9")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, classes) in zip(lines, [5, 9]) {
            let object = try JSONValue(parsing: Array(line.utf8))
            #expect(object["classes"]?.array?.count == classes)
            let pixels = (object["classes"]?.array ?? []).compactMap { $0["pixels"]?.integer }
            #expect(pixels.reduce(0, +) + (object["nodataPixels"]?.integer ?? 0) == 230 * 210)
        }
    }

    @Test func `a style and an item are written beside the map, the same ones again`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        for (folder, threads) in [("maps/1", "1"), ("maps/2", "3")] {
            try FileManager.default.createDirectory(
                atPath: data(folder), withIntermediateDirectories: true)
            try segment(
                scene, "-o", data(folder + "/m.tif"), "--preview", data(folder + "/m.png"),
                "--qml", data(folder + "/m.qml"), "--stac", data(folder + "/m.json"),
                "--threads", threads)
        }
        for name in ["m.qml", "m.json", "m.png"] {
            #expect(try data.bytes("maps/1/" + name) == data.bytes("maps/2/" + name))
        }
        let map = try #require(MapProvenance(file: data("maps/1/m.tif")))
        let item = try JSONValue(parsing: Array(data.bytes("maps/1/m.json")))
        #expect(item["properties"]?["iicd:scene_sha256"] == .string(map.sceneHash))
        let hash = SHA256.hex(Array(try data.bytes("maps/1/m.tif")))
        #expect(item["assets"]?["map"]?["file:checksum"] == .string("1220" + hash))
        #expect(item["assets"]?["style"]?["href"] == "./m.qml")
    }

    @Test func `a job knows its own style and item again`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let outputs: [any MapOutput] = [
            LabelMap(.classes, path: data("maps/m.tif")),
            PreviewPicture(path: data("maps/m.png")), QGISStyle(path: data("maps/m.qml")),
            STACItem(path: data("maps/m.json")),
        ]
        let bundle = try ModelBundle(reading: model)
        var settings = SegmentSettings(threads: 2)
        let job = try SegmentJob(model: bundle, settings: settings)
        #expect(try !job.isDone(scene: scene, outputs: outputs))
        try job.run(scene: scene, outputs: outputs)
        #expect(try job.isDone(scene: scene, outputs: outputs))
        settings.geometry = .paper
        let other = try SegmentJob(model: bundle, settings: settings)
        #expect(try !other.isDone(scene: scene, outputs: Array(outputs.suffix(2))))
        #expect(try !other.isDone(scene: scene, outputs: [outputs[2]]))
        try data.write(Data("{}".utf8), "maps/m.json")
        #expect(try !job.isDone(scene: scene, outputs: outputs))
    }

    @Test func `what shows the classes' names is made again for others, and a map is not`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let outputs: [any MapOutput] = [
            LabelMap(.classes, path: data("maps/m.tif")),
            PreviewPicture(path: data("maps/m.png")), QGISStyle(path: data("maps/m.qml")),
            STACItem(path: data("maps/m.json")), PolygonLayer(path: data("maps/m.gpkg")),
        ]
        var bundle = try ModelBundle(reading: model)
        let settings = SegmentSettings(threads: 2)
        try SegmentJob(model: bundle, settings: settings).run(scene: scene, outputs: outputs)
        bundle.legend.entries[0] = .init(name: "Water", colour: [1, 2, 3])
        let named = try SegmentJob(model: bundle, settings: settings)
        #expect(try named.isDone(scene: scene, outputs: Array(outputs.prefix(2))))
        for output in outputs.dropFirst(2) {
            #expect(try !named.isDone(scene: scene, outputs: [outputs[0], output]))
        }
        try named.run(scene: scene, outputs: outputs)
        #expect(try named.isDone(scene: scene, outputs: outputs))
    }

    @Test func `notes are told from errors`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try data.write(Data("<PAMDataset>".utf8), "a.tif.aux.xml")
        let mapped = try segment(scene, "-o", data("maps/m.tif"))
        #expect(mapped.errors.hasPrefix("iicd: note: “\(data("a.tif.aux.xml"))” is cut off"))
        let refused = try Program.run("segment", scene, "-m", scene, "-o", data("maps/m.tif"))
        #expect(refused.status == 65)
        #expect(refused.errors.hasPrefix("iicd: ") && !refused.errors.contains("iicd: note: "))
    }

    @Test func `another sensor's scene needs its own scaling`() throws {
        let scene = try data.scene("a.tif", UInt16.self, width: 230, height: 210)
        let refused = try Program.run("segment", scene, "-m", model, "-o", data("maps/m.tif"))
        #expect(refused.status == 65)
        #expect(refused.errors.contains("give --scaling scene"))
        #expect(try data.maps.isEmpty)
        try segment(scene, "-o", data("maps/m.tif"), "--scaling", "scene")
        #expect(try data.labels("maps/m.tif").kinds.count > 2)
    }

    @Test func `a bad scene does not cost the others their maps`() throws {
        let good = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let other = try data.scene("b.tif", UInt8.self, width: 50, height: 60)
        let text = try data.write(Data("text".utf8), "t.tif")
        let result = try Program.run(
            "segment", good, text, data("none.tif"), other, "-m", model, "-o", data("maps"))
        // That of the one that may be there another time.
        #expect(result.status == 66)
        #expect(result.output.split(separator: "\n").count == 2)
        #expect(
            try data.maps == ["a.tif", "a.tif.aux.xml", "b.tif", "b.tif.aux.xml"])
    }

    @Test(.timeLimit(.minutes(4)))
    func `what a killed one left behind is removed by the next`() throws {
        let scene = try data.largeScene("large.tif", side: 6000)
        let program = try Program(["segment", scene, "-m", model, "-o", data("maps/m.tif")])
        while try data.maps.isEmpty && !program.hasEnded { usleep(5_000) }
        program.send(SIGKILL)
        _ = try program.wait()
        #expect(try !data.maps.isEmpty)
        let small = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try segment(small, "-o", data("maps/m.tif"))
        #expect(try data.maps == ["m.tif", "m.tif.aux.xml"])
    }

    @Test(.timeLimit(.minutes(4)))
    func `outputs appear together, or not at all`() throws {
        let scene = try data.largeScene("large.tif", side: 6000)
        let program = try Program([
            "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--overclusters",
            data("maps/fine.tif"), "--preview", data("maps/m.png"), "--json",
        ])
        // The last stage: the overclusters are being compressed, the map is whole.
        while !program.errors.contains("compressing") && !program.hasEnded { usleep(5_000) }
        #expect(try data.maps.allSatisfy { $0.hasPrefix(".") })
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 130, "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test(
        .timeLimit(.minutes(4)),
        arguments: [[SIGINT], [SIGTERM], [SIGHUP], [SIGINT, SIGINT]])
    func `a signal ends it with 130 and leaves nothing`(signals: [Int32]) throws {
        let scene = try data.largeScene("large.tif", side: 6000)
        let program = try Program(["segment", scene, "-m", model, "-o", data("maps/m.tif")])
        while try data.maps.isEmpty && !program.hasEnded { usleep(5_000) }
        for signal in signals { program.send(signal) }
        let result = try program.wait()
        #expect(result.status == 130)
        #expect(result.errors.hasSuffix("iicd: Interrupted.\n") && result.output.isEmpty)
        #expect(try data.maps.isEmpty)
    }
}
