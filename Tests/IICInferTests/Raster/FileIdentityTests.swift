import Foundation
import Testing

@testable import IICInfer

@Suite struct FileIdentityTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A VRT of one scene, which has a mask, overviews, a world file and more beside it.
    private func mosaic() throws -> String {
        let part = try folder.scene("part.tif", width: 64, height: 64) { noise($0, $1, $2) }
        _ = try output(of: "gdaladdo", ["-q", "-ro", part, "2"])
        let mask = try folder.scene("mask.tif", width: 64, height: 64, roles: [.other]) { x, _, _ in
            x < 32 ? 255 : 0 as UInt8
        }
        _ = try output(
            of: "gdal_translate",
            ["-q", "-of", "GTiff", "-mo", "INTERNAL_MASK_FLAGS_1=2", mask, folder("part.tif.msk")])
        try folder.write(Array("<PAMDataset></PAMDataset>".utf8), to: "part.tif.aux.xml")
        try folder.write(Array("1\n0\n0\n-1\n0\n0\n".utf8), to: "part.tfw")
        return try folder.translate(part, "a.vrt", "-of", "VRT")
    }

    @Test(arguments: [
        "a.vrt", "part.tif", "part.tif.msk", "part.tif.ovr", "part.tif.aux.xml", "part.tfw",
    ])
    func `a change of any file is a change of the scene`(name: String) throws {
        let scene = try mosaic()
        let before = try FileIdentity(scene: scene)
        #expect(try FileIdentity(scene: scene) == before)
        #expect(before.files.contains(folder(name)))
        // Same bytes, same time of the content: what tells is the time of change.
        let bytes = try folder.bytes(of: name)
        let time = try FileManager.default.attributesOfItem(atPath: folder(name))[.modificationDate]
        try folder.write(bytes, to: name)
        try FileManager.default.setAttributes(
            [.modificationDate: try #require(time)], ofItemAtPath: folder(name))
        #expect(try FileIdentity(scene: scene) != before)
    }

    @Test func `a file that comes or goes is a change of the scene`() throws {
        let scene = try mosaic()
        try FileManager.default.moveItem(atPath: folder("part.tif.msk"), toPath: folder("m"))
        let without = try FileIdentity(scene: scene)
        try FileManager.default.moveItem(atPath: folder("m"), toPath: folder("part.tif.msk"))
        let with = try FileIdentity(scene: scene)
        #expect(with != without && with.files.count == without.files.count + 1)
    }

    @Test func `what a part's mask says is in the scene's hash`() throws {
        let scene = try mosaic()
        let before = try SceneHash.sha256(scene: scene)
        try folder.write(folder.bytes(of: "part.tif.msk") + [0], to: "part.tif.msk")
        #expect(try SceneHash.sha256(scene: scene) != before)
    }
}
