import Foundation
import IICInfer
import Testing

@Suite struct PolygonsTests {
    private let data: TestData
    private let model: String
    private let scene: String

    init() throws {
        data = try TestData()
        model = try data.model()
        scene = try data.scene("a.tif", UInt8.self, width: 430, height: 250)
    }

    @discardableResult
    private func segment(_ arguments: String...) throws -> Program.Result {
        let result = try Program(["segment", scene, "-m", model] + arguments).wait()
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    @Test func `polygons stand beside the map, and have its pixels`() throws {
        let result = try segment(
            "-o", data("maps/m.tif"), "--polygons", data("maps/m.gpkg"), "--json")
        #expect(try data.maps == ["m.gpkg", "m.tif", "m.tif.aux.xml"])
        let lines = try result.output.split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8))
        }
        #expect(lines.count == 2 && lines.last?["kind"]?.string == "polygons")
        let count = try #require(lines.last?["polygons"]?.integer)
        #expect(lines.last?["cuts"]?.integer == 0 && lines.last?["smaller"]?.integer == 0)
        let map = try #require(MapProvenance(file: data("maps/m.tif")))
        let polygons = try #require(MapProvenance(geoPackage: data("maps/m.gpkg")))
        #expect(map.sceneHash == polygons.sceneHash && map.modelHash == polygons.modelHash)
        #expect(map.settingsHash != polygons.settingsHash)
        let text = try segment(
            "-o", data("maps/m.tif"), "--polygons", data("maps/m.gpkg"), "--min-area", "20px")
        let line = try #require(text.output.split(separator: "\n").last)
        let numbers = try #require(
            line.firstMatch(of: /m\.gpkg  ([0-9]+) polygons, ([0-9]+) smaller left out$/)?.output)
        #expect((Int(numbers.1) ?? 0) + (Int(numbers.2) ?? 0) == count)
    }

    @Test func `threads and memory do not change a byte of polygons and cleaned maps`() throws {
        let runs = [
            ["--threads", "1"], ["--threads", "3"], ["--threads", "3", "--memory", "320MiB"],
        ]
        for (index, flags) in runs.enumerated() {
            let result = try Program(
                [
                    "segment", scene, "-m", model, "-o", data("maps/\(index).tif"), "--polygons",
                    data("maps/\(index).gpkg"), "--preview", data("maps/\(index).png"),
                    "--majority", "5", "--sieve", "12",
                ] + flags
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        for ending in ["tif", "tif.aux.xml", "gpkg", "png"] {
            let first = try data.bytes("maps/0.\(ending)")
            for other in 1..<runs.count {
                #expect(try data.bytes("maps/\(other).\(ending)") == first, "\(ending)")
            }
        }
    }

    /// A map by the filter's definition.
    private func majority(_ labels: [Int32], width: Int, size: Int) -> [Int32] {
        let (height, radius) = (labels.count / width, size / 2)
        return labels.indices.map { place in
            guard labels[place] >= 0 else { return LabelReader.none }
            let (x, y) = (place % width, place / width)
            var votes = [Int](repeating: 0, count: 5)
            for row in max(0, y - radius)...min(height - 1, y + radius) {
                for column in max(0, x - radius)...min(width - 1, x + radius) {
                    let label = labels[row * width + column]
                    if label >= 0 { votes[Int(label)] += 1 }
                }
            }
            let most = votes.max() ?? 0
            return votes[Int(labels[place])] == most
                ? labels[place] : Int32(votes.firstIndex(of: most) ?? 0)
        }
    }

    @Test func `cleaning up changes the map and what shows its classes, and nothing else`() throws {
        let plain = [
            "-o", data("maps/p.tif"), "--overclusters", data("maps/p-fine.tif"), "--preview",
            data("maps/p.png"), "--polygons", data("maps/p.gpkg"),
        ]
        let clean = plain.map { $0.replacingOccurrences(of: "maps/p", with: "maps/c") }
        for arguments in [plain, clean + ["--majority", "5"]] {
            let result = try Program(["segment", scene, "-m", model] + arguments).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        let before = try data.labels("maps/p.tif").labels
        let after = try data.labels("maps/c.tif").labels
        #expect(before != after)
        #expect(after == majority(before, width: 430, size: 5))
        #expect(try data.bytes("maps/p-fine.tif") == data.bytes("maps/c-fine.tif"))
        #expect(try data.bytes("maps/p.png") != data.bytes("maps/c.png"))
        // A map of a cleaned map's pixels has the cleaned map's polygons, but for their hashes.
        for (name, differs) in [("tif", true), ("png", true), ("-fine.tif", false)] {
            let file = name.hasPrefix("-") ? name : ".\(name)"
            let one = try #require(MapProvenance(file: data("maps/p\(file)")))
            let other = try #require(MapProvenance(file: data("maps/c\(file)")))
            #expect((one.settingsHash != other.settingsHash) == differs, "\(name)")
        }
        let one = try #require(MapProvenance(geoPackage: data("maps/p.gpkg")))
        let other = try #require(MapProvenance(geoPackage: data("maps/c.gpkg")))
        #expect(one.settingsHash != other.settingsHash)
    }

    @Test func `a part of a scene is cleaned up as if it were all`() throws {
        try segment("-o", data("maps/p.tif"), "--bbox", "100,50,300,200")
        try segment(
            "-o", data("maps/c.tif"), "--bbox", "100,50,300,200", "--majority", "9",
            "--preview", data("maps/c.png"))
        let before = try data.labels("maps/p.tif").labels
        #expect(try data.labels("maps/c.tif").labels == majority(before, width: 200, size: 9))
    }

    @Test(arguments: [
        ["--majority", "4"], ["--majority", "0"], ["--majority", "101"], ["--sieve", "1"],
        ["--sieve", "-4"], ["--min-area", "10px"], ["--polygons", "P", "--min-area", "0"],
        ["--polygons", "P", "--min-area", "-3px"], ["--polygons", "P", "--min-area", "1e9"],
        ["--polygons", "P", "--min-area", "tenpx"], ["--polygons", "SCENE"],
        ["--polygons", "MODEL"],
    ])
    func `a wrong call ends with 64`(flags: [String]) throws {
        let names = ["P": data("maps/p.gpkg"), "SCENE": scene, "MODEL": model]
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data("maps/m.tif")]
                + flags.map { names[$0] ?? $0 }
        ).wait()
        #expect(result.status == 64, "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `square metres of a scene that has none end with 65`() throws {
        let result = try Program([
            "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--polygons",
            data("maps/m.gpkg"), "--min-area", "12.5",
        ]).wait()
        #expect(result.status == 65)
        #expect(result.errors.contains("such as 30px"), "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `a limit on files' sizes leaves nothing behind`() throws {
        for blocks in [8, 128] {
            let result = try Program(
                [
                    "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--polygons",
                    data("maps/m.gpkg"),
                ], fileLimit: blocks
            ).wait()
            #expect(result.status == 73, "\(result.errors)")
            #expect(try data.maps.isEmpty)
        }
    }

    @Test func `memory for polygons is judged before anything is read`() throws {
        let result = try Program([
            "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--polygons",
            data("maps/m.gpkg"), "--memory", "190MiB",
        ]).wait()
        #expect(result.status == 64)
        #expect(result.errors.contains("is too low for this model and scene"), "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }
}
