import Foundation
import IICDaemon
import IICInfer
import Synchronization
import Testing

/// `iicd segment --worker`, run as the daemon runs it.
@Suite struct WorkerTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    private func order(_ scene: String, _ flags: [String] = []) -> WorkerOrder {
        // The test bundle lies beside the program.
        let builds = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        var order = WorkerOrder(
            executable: builds + "/iicd",
            arguments: ["segment", scene, "-m", model, "-o", data("maps/"), "--worker"] + flags)
        order.addressSpace = WorkerLimits.addressSpace(memory: 1 << 30, threads: 64)
        return order
    }

    /// What a worker made of a scene, and what it told meanwhile.
    private func done(
        _ scene: String, _ flags: [String] = []
    ) async throws -> (result: JobResult, events: [WorkerEvent]) {
        let events = Mutex<[WorkerEvent]>([])
        let worker = Worker(order(scene, flags))
        let ending = await worker.run(events: { event in events.withLock { $0.append(event) } })
        guard case .done(let result) = ending else {
            throw Program.Failure(description: "\(ending) \(worker.errorText)")
        }
        #expect(worker.ignoredLines == 0)
        return (result, events.withLock { $0 })
    }

    private func failure(_ scene: String, _ flags: [String] = []) async throws -> JobFailure {
        let ending = await Worker(order(scene, flags)).run()
        guard case .failed(let failure) = ending else {
            throw Program.Failure(description: "\(ending)")
        }
        return failure
    }

    @Test func `it tells what it has made, and the picture is the map's`() async throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 250)
        let (result, events) = try await done(
            scene, ["--preview", data("maps/"), "--threads", "3"])
        #expect(
            result.files.map(\.path.text)
                == ["a.tif", "a.tif.aux.xml", "a.png"].map { data("maps/\($0)") })
        for file in result.files {
            #expect(try file.sha256 == SceneHash.sha256(file: file.path.text))
            #expect(try file.bytes == Data(contentsOf: URL(filePath: file.path.text)).count)
        }
        #expect(try result.sceneHash == SceneHash.sha256(file: scene))
        #expect(result.width == 430 && result.height == 250 && !result.isUnchanged)
        let (labels, _) = try data.labels("maps/a.tif")
        #expect(result.nodataPixels == labels.count { $0 == LabelReader.none })
        let legend = Legend.unnamed(classes: 5)
        #expect(result.classes.map(\.name) == legend.entries.map(\.name))
        #expect(result.classes[0].colour == "#0072b2")
        for (value, share) in result.classes.enumerated() {
            #expect(share.pixels == labels.count { $0 == value })
        }
        var picture: [UInt8] = []
        for case .rows(let rows) in events {
            #expect(rows.width == 256 && rows.height == 149)
            #expect(rows.first * 256 == picture.count)
            picture += rows.labels
        }
        let expected = (0..<256 * 149).map { index -> UInt8 in
            let (x, y) = ((2 * (index % 256) + 1) * 430 / 512, (2 * (index / 256) + 1) * 250 / 298)
            let label = labels[y * 430 + x]
            return label == LabelReader.none ? 255 : UInt8(label)
        }
        #expect(picture == expected)
        let stages = events.compactMap { event in
            if case .progress(let progress) = event { progress.stage } else { nil }
        }
        #expect(Set(stages).isSuperset(of: ["segmenting", "following", "finishing"]))
    }

    @Test func `areas are those of the attribute table`() async throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 100, height: 80)
        // Half metres of a system that is not told have no area.
        #expect(try await done(scene).result.classes.allSatisfy { $0.squareMetres == nil })
        let placed = try RasterWriter(
            path: data("b.tif"), width: 100, height: 80,
            bands: [.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint8,
            georeference: Georeference(crs: "EPSG:32632", transform: TestData.place.transform))
        try placed.finish()
        let (result, _) = try await done(data("b.tif"))
        #expect(result.classes.contains { $0.pixels > 0 })
        for share in result.classes { #expect(share.squareMetres == Double(share.pixels) / 4) }
    }

    @Test func `what is made already is told and left alone`() async throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        var (first, _) = try await done(scene, ["--qml", data("maps/")])
        let before = try FileStamp(data("maps/a.tif"))
        let (again, events) = try await done(scene, ["--qml", data("maps/")])
        #expect(try FileStamp(data("maps/a.tif")) == before)
        #expect(again.isUnchanged && events.isEmpty)
        (first.isUnchanged, first.seconds) = (true, again.seconds)
        #expect(again == first)
        // Without its table a map cannot tell what it holds.
        try data.write(Data(), "maps/a.tif.aux.xml")
        #expect(try await !done(scene, ["--qml", data("maps/")]).result.isUnchanged)
    }

    @Test func `clean-up comes after the picture`() async throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 120, height: 90)
        let (result, events) = try await done(scene, ["--sieve", "20"])
        let pixels = events.reduce(into: [UInt8]()) { labels, event in
            if case .rows(let rows) = event { labels += rows.labels }
        }
        #expect(pixels.count == 120 * 90)
        let shares = result.classes.indices.map { value in pixels.count { $0 == value } }
        #expect(shares != result.classes.map(\.pixels))
    }

    @Test func `names of any bytes come through`() async throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let name = data.path + "/" + String(pathBytes: [0xFC, 10, 34] + Array(".tif".utf8))
        #expect(PathCalls.rename(scene, name) == 0)
        let (result, _) = try await done(name)
        #expect(result.files[0].path.bytes.suffix(8) == [47, 0xFC, 10, 34] + Array(".tif".utf8))
    }

    @Test func `failures name their stage`() async throws {
        try data.write(Data("II*\0 no scene".utf8), "bad.tif")
        let bad = try await failure(data("bad.tif"))
        #expect(bad.code == 65 && bad.stage == "opening" && bad.sentence.contains("bad.tif"))
        let none = try await failure(data("none.tif"))
        #expect(none.code == 66)
        let usage = try await failure(data("bad.tif"), [data("none.tif")])
        #expect(usage.code == 64 && usage.sentence.contains("one scene"))
        #expect(try data.maps.isEmpty)
    }

    @Test func `VRT files are for those who trust them, whose parts must be whole`() async throws {
        try data.scene("part.tif", UInt8.self, width: 60, height: 50)
        let scene = try data.vrt("a.vrt", of: "part.tif", width: 60, height: 50)
        #expect(try await failure(scene).code == 65)
        #expect(try await done(scene, ["--worker-trust-vrt"]).result.width == 60)
        try data.write(data.bytes("part.tif").dropLast(2000), "part.tif")
        let cut = try await failure(scene, ["--worker-trust-vrt"])
        #expect(cut.code == 65 && cut.sentence.contains("part.tif"))
    }

    @Test func `a worker without a daemon ends within a second`() throws {
        let scene = try data.largeScene("large.tif", side: 12_000)
        // Its standard input is at its end from the start, and the work would take longer.
        let result = try Program.run(
            "segment", scene, "-m", model, "-o", data("maps/"), "--worker", "--threads", "1")
        #expect(result.status == 130)
        #expect(try data.maps.allSatisfy { $0.hasPrefix(".") })
    }

    /// Anyone may have written it, and it may name what lies on servers.
    @Test func `it opens no raster that a STAC Item names`() async throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let names = ["red", "green", "blue", "nir"].map { "{\"common_name\": \"\($0)\"}" }
        let item = try data.write(
            Data(
                """
                {"type": "Feature", "stac_version": "1.0.0", "properties": {}, "assets": {"a": {
                "href": "a.tif", "roles": ["data"], "eo:bands": [\(names.joined(separator: ", "))]}}}
                """.utf8), "item.json")
        let result = try Program.run("segment", item, "-m", model, "-o", data("maps/"))
        #expect(result.status == 0, "\(result.errors)")
        for name in try data.maps {
            try FileManager.default.removeItem(atPath: data("maps/\(name)"))
        }
        let failure = try await failure(item)
        #expect(failure.sentence.contains("item.json"), "\(failure)")
        #expect(try data.maps.isEmpty)
    }
}
