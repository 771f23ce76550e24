import Foundation
import IICInfer
import Testing

/// What `iicd segment` makes beside maps, and where.
@Suite struct SegmentOutputsTests {
    private let data: TestData
    private let model: String
    private let scene: String

    init() throws {
        data = try TestData()
        model = try data.model(isRefined: true)
        scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
    }

    @discardableResult
    private func segment(_ arguments: [String]) throws -> Program.Result {
        let result = try Program(["segment", "-m", model] + arguments).wait()
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result
    }

    /// All samples of a raster, `(H, W, bands)`, and which pixels hold data.
    private func samples(_ name: String, bands: Int) throws -> (values: [Float], valid: [UInt8]) {
        let raster = try SceneReader(
            path: data(name), roles: [BandRole](repeating: .other, count: bands),
            bands: Array(1...bands))
        let window = PixelWindow(x: 0, y: 0, width: raster.width, height: raster.height)
        var values = [Float](repeating: 0, count: window.count * bands)
        var valid = [UInt8](repeating: 0, count: window.count)
        do {
            var valueSpan = values.mutableSpan
            var validSpan = valid.mutableSpan
            try raster.read(window, into: &valueSpan, valid: &validSpan)
        }
        return (values, valid)
    }

    private func all(_ name: String) -> [String] {
        [
            "-o", data("maps/\(name).tif"), "--confidence", data("maps/\(name).c.tif"),
            "--probabilities", data("maps/\(name).p.tif"),
        ]
    }

    @Test(arguments: [["--refine", "both"], ["--no-refine"], ["--geometry", "paper"]])
    func `confidence and probabilities are those of the map's classes`(flags: [String]) throws {
        try segment([scene] + all("m") + flags)
        try segment([scene] + all("f") + flags + ["--float"])
        let labels = try data.labels("maps/m.tif").labels
        let (confidence, valid) = try samples("maps/m.c.tif", bands: 2)
        let (percent, _) = try samples("maps/m.p.tif", bands: 5)
        let (shares, isThere) = try samples("maps/f.p.tif", bands: 5)
        #expect(valid == isThere)
        var wrong = 0
        for pixel in labels.indices {
            #expect((valid[pixel] == 1) == (labels[pixel] != LabelReader.none))
            guard valid[pixel] == 1 else { continue }
            let row = Array(shares[pixel * 5..<pixel * 5 + 5])
            let sorted = row.sorted(by: >)
            func rounded(_ share: Float) -> Float {
                Float((Double(share) * 100 + 0.5).rounded(.down))
            }
            if row.firstIndex(of: sorted[0]) != Int(labels[pixel]) { wrong += 1 }
            let said = [confidence[2 * pixel], confidence[2 * pixel + 1]]
            if said != [rounded(sorted[0]), rounded(sorted[0] - sorted[1])] { wrong += 1 }
            if Array(percent[pixel * 5..<pixel * 5 + 5]) != row.map(rounded) { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(try data.bytes("maps/m.c.tif") == data.bytes("maps/f.c.tif"))
        let before = try #require(MapProvenance(file: data("maps/m.p.tif")))
        let after = try #require(MapProvenance(file: data("maps/f.p.tif")))
        #expect(before.settingsHash != after.settingsHash && before.sceneHash == after.sceneHash)
    }

    @Test func `threads, memory and other outputs change no byte`() throws {
        try segment([scene] + all("m") + ["--threads", "1"])
        try segment([scene] + all("n") + ["--threads", "3", "--memory", "220MiB"])
        try segment([scene, "-o", data("maps/o.tif"), "--confidence", data("maps/o.c.tif")])
        for part in ["tif", "tif.aux.xml", "c.tif", "p.tif"] {
            #expect(try data.bytes("maps/m.\(part)") == data.bytes("maps/n.\(part)"), "\(part)")
        }
        #expect(try data.bytes("maps/m.c.tif") == data.bytes("maps/o.c.tif"))
        #expect(try data.bytes("maps/m.tif") == data.bytes("maps/o.tif"))
    }

    @Test func `an older file's overviews and mask go with it`() throws {
        let map = data("maps/m.tif")
        let sure = data("maps/c.tif")
        for name in ["m.tif.ovr", "m.tif.msk", "c.tif.ovr"] {
            try data.write(Data([1, 2, 3]), "maps/" + name)
        }
        try segment([scene, "-o", map, "--confidence", sure])
        #expect(try data.maps == ["c.tif", "m.tif", "m.tif.aux.xml"])
    }

    @Test func `in folders outputs are called like their scenes`() throws {
        let other = try data.scene("b.tiff", UInt8.self, width: 60, height: 50)
        let maps = data("maps")
        try FileManager.default.createDirectory(
            atPath: data("maps/sure"), withIntermediateDirectories: false)
        try segment([
            scene, other, "-o", maps, "--overclusters", maps + "/", "--preview", maps,
            "--confidence", maps + "/sure/", "--probabilities", maps,
        ])
        let endings = [
            "overclusters.tif", "overclusters.tif.aux.xml", "png", "probabilities.tif", "tif",
            "tif.aux.xml",
        ]
        var names = ["sure"]
        for name in ["a", "b.tiff"] { names += endings.map { "\(name).\($0)" } }
        #expect(try data.maps == names.sorted())
        let sure = try FileManager.default.contentsOfDirectory(atPath: maps + "/sure")
        #expect(sure.sorted() == ["a.confidence.tif", "b.tiff.confidence.tif"])
        // With one scene a file and folders may be mixed.
        try segment([scene, "-o", data("maps/sure/m.tif"), "--confidence", maps])
        #expect(
            try data.bytes("maps/a.confidence.tif") == data.bytes("maps/sure/a.confidence.tif"))
    }

    /// Runs and expects an error, nothing on standard output and no file.
    private func expect(
        _ status: Int32, _ arguments: [String], words: String = "", fileLimit: Int? = nil
    ) throws {
        let result = try Program(["segment", "-m", model] + arguments, fileLimit: fileLimit).wait()
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(words.isEmpty || result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(try data.maps.isEmpty)
    }

    @Test func `several scenes need folders`() throws {
        let other = try data.scene("b.tif", UInt8.self, width: 60, height: 50)
        for flag in ["--overclusters", "--preview", "--confidence", "--probabilities"] {
            try expect(
                64, [scene, other, "-o", data("maps"), flag, data("maps/x.tif")],
                words: "“\(data("maps/x.tif"))” is no folder: with 2 scenes \(flag) must name one.")
        }
    }

    @Test func `outputs of different scenes never share a name`() throws {
        for kind in ["overclusters", "confidence", "probabilities"] {
            let other = try data.scene("a.\(kind).tif", UInt8.self, width: 60, height: 50)
            try expect(
                64, [scene, other, "-o", data("maps"), "--\(kind)", data("maps")],
                words: "is named for two outputs")
        }
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: false)
        let same = try data.scene("in/a.tif", UInt8.self, width: 60, height: 50)
        try expect(
            64, [scene, same, "-o", data("maps"), "--preview", data("maps")],
            words: "would both be called “a.tif”")
    }

    @Test func `what cannot be is refused before the work`() throws {
        let map = ["-o", data("maps/m.tif")]
        try expect(64, [scene, "--float"] + map, words: "--float needs --probabilities")
        for flag in ["--confidence", "--probabilities"] {
            try expect(73, [scene, flag, data("none/c.tif")] + map, words: "there is no folder")
            try expect(64, [scene, flag, data("maps/m.tif")] + map, words: "for two outputs")
            try expect(64, [scene, flag, data("maps/m.tif.aux.xml")] + map)
            try expect(64, [scene, flag, scene] + map, words: "is an input")
            try expect(64, [scene, flag, model] + map)
            // The file's sidecar would be the preview.
            try expect(
                64,
                [scene, flag, data("maps/c"), "--preview", data("maps/c.aux.xml")] + map,
                words: "for two outputs")
        }
    }

    @Test func `a file that cannot be written whole leaves nothing of any output`() throws {
        try expect(73, [scene] + all("m"), words: "Cannot write “", fileLimit: 100)
    }

    @Test func `memory counts what finishing outputs takes`() throws {
        func least(_ flags: [String]) throws -> Int {
            let refused = try Program(
                [
                    "segment", "-m", model, scene, "-o", data("maps/m.tif"), "--threads", "1",
                    "--memory", "40MiB",
                ] + flags
            ).wait()
            #expect(refused.status == 64)
            let text = refused.errors.firstMatch(of: /--memory ([0-9]+)MiB/)?.output.1 ?? ""
            return try #require(Int(text))
        }
        let alone = try least([])
        let one = try least(["--confidence", data("maps/c.tif")])
        let two = try least(Array(all("m").dropFirst(2)))
        let floats = try least(Array(all("m").dropFirst(2)) + ["--float"])
        #expect(alone < one && one < two && two < floats, "\(alone) \(one) \(two) \(floats)")
        try segment([scene, "--threads", "1", "--memory", "\(two)MiB"] + all("m"))
    }
}
