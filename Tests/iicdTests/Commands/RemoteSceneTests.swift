import Foundation
import IICInfer
import TestSupport
import Testing

/// Scenes on a server.
@Suite(.timeLimit(.minutes(2))) struct RemoteSceneTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    private func segment(_ scene: String, _ name: String = "m.tif") throws -> Program.Result {
        try Program.run(
            "segment", scene, "-m", model, "-o", data("maps/\(name)"), "--threads", "2")
    }

    /// A scene of more than one request's length, and its map.
    private func scene() throws -> (size: Int, map: Data) {
        let path = try data.scene("a.tif", UInt8.self, width: 900, height: 700)
        let result = try Program.run("segment", path, "-m", model, "-o", data("local.tif"))
        #expect(result.status == 0, "\(result.errors)")
        return try (data.bytes("a.tif").count, data.bytes("local.tif"))
    }

    @Test func `its map is that of its copy here, in few requests`() throws {
        let (size, map) = try scene()
        let server = try RangeServer(folder: data.path)
        let result = try segment(server.address("a.tif"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.bytes("maps/m.tif") == map)
        let names = Set(server.requests.map { $0.split(separator: " ").last })
        #expect(names == ["/a.tif", "/a.tif.aux.xml", "/a.tif.msk"])
        // Once to be mapped and once to be hashed; what both read is kept for a while.
        #expect(server.sent < size * 9 / 4, "\(server.sent) of \(size)")
        #expect(server.requests.count < 40, "\(server.requests)")
    }

    @Test func `a mask beside it counts`() throws {
        _ = try scene()
        let mask = try data.scene("mask.tif", UInt8.self, width: 900, height: 700, bands: 1)
        try runTool(
            "gdal_translate",
            [
                "-q", "-of", "GTiff", "-b", "1", "-mo", "INTERNAL_MASK_FLAGS_1=2",
                // A larger corner without data than the scene's own.
                "-srcwin", "0", "0", "300", "233", "-outsize", "900", "700", mask,
                data("a.tif.msk"),
            ])
        let local = try segment(data("a.tif"), "local.tif")
        #expect(local.status == 0, "\(local.errors)")
        let server = try RangeServer(folder: data.path)
        let result = try segment(server.address("a.tif"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.labels("maps/m.tif").labels == data.labels("maps/local.tif").labels)
        #expect(try data.labels("maps/m.tif").labels != data.labels("local.tif").labels)
    }

    @Test func `addresses that lead elsewhere and servers that are busy are fine`() throws {
        let (_, map) = try scene()
        let server = try RangeServer(folder: data.path)
        let moved = try segment(server.address("moved/a.tif"), "moved.tif")
        #expect(moved.status == 0, "\(moved.errors)")
        #expect(try data.bytes("maps/moved.tif") == map)
        let busy = try RangeServer(folder: data.path, manner: .busyAtFirst)
        let late = try segment(busy.address("a.tif"), "late.tif")
        #expect(late.status == 0, "\(late.errors)")
        #expect(try data.bytes("maps/late.tif") == map)
    }

    private func expectFailure(
        _ scene: String, _ statuses: [Int32], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try segment(scene)
        #expect(
            statuses.contains(result.status), "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.last?.hasPrefix("iicd: ") == true, sourceLocation: sourceLocation)
        #expect(try data.maps.isEmpty, sourceLocation: sourceLocation)
        return String(lines.last ?? "")
    }

    @Test func `what is not there is exit code 66`() throws {
        let server = try RangeServer(folder: data.path)
        let none = try expectFailure(server.address("none.tif"), [66])
        #expect(none.contains("none.tif"))
        let address = server.address("a.tif")
        let bare = try expectFailure(String(address.dropFirst("/vsicurl/".count)), [66])
        #expect(bare.contains("“\(address)”"), "\(bare)")
    }

    @Test func `a server without ranges is a clear error`() throws {
        _ = try scene()
        let server = try RangeServer(folder: data.path, manner: .wholeFiles)
        let text = try expectFailure(server.address("a.tif"), [66])
        #expect(text.contains("a.tif"), "\(text)")
    }

    @Test(arguments: [0.002, 0.02, 0.3, 0.9])
    func `a server that goes away is no damaged scene, and nothing is left behind`(
        share: Double
    ) throws {
        let (size, _) = try scene()
        let bytes = Int(share * Double(size))
        let server = try RangeServer(folder: data.path, manner: .dying(afterBytes: bytes))
        // It depends on what the first request brought whether the scene could be opened.
        let text = try expectFailure(server.address("a.tif"), share < 0.1 ? [66, 75] : [75])
        #expect(text.contains("a.tif"), "\(text)")
    }

    @Test func `a VRT here may have its part there`() throws {
        _ = try scene()
        // A VRT does not say what its part's nodata value is.
        #expect(try segment(data.vrt("b.vrt", of: "a.tif", width: 900, height: 700)).status == 0)
        let labels = try data.labels("maps/m.tif").labels
        let server = try RangeServer(folder: data.path)
        let part = server.address("a.tif")
        let vrt = try data.vrt("a.vrt", of: part, width: 900, height: 700, relative: false)
        let result = try segment(vrt)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.labels("maps/m.tif").labels == labels)
    }
}
