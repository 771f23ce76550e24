import Foundation
import TestSupport
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

    @Test(arguments: [EACCES, EIO, EMFILE])
    func `a part that cannot be read now does not lose its mask in silence`(code: Int32) throws {
        let scene = try mosaic()
        let part = folder("part.tif")
        var calls = FileCalls.system
        let real = calls.open
        calls.open = { path in
            guard path == part else { return real(path) }
            errno = code
            return -1
        }
        let dataset = try SceneReader.open(scene)
        #expect(try dataset.allFiles().contains(folder("part.tif.msk")))
        do {
            _ = try dataset.allFiles(calls: calls)
            Issue.record("a part that cannot be opened is an error")
        } catch {
            #expect(error == FileError(path: part, code: code))
        }
    }

    @Test func `a scene that cannot be hashed now is not called damaged`() throws {
        let none = folder("none.tif")
        #expect(throws: RasterError.unreadable(FileError(path: none, code: ENOENT))) {
            try SceneHash.sha256(scene: none)
        }
    }

    @Test func `what a part's mask says is in the scene's hash`() throws {
        let scene = try mosaic()
        let before = try SceneHash.sha256(scene: scene)
        try folder.write(folder.bytes(of: "part.tif.msk") + [0], to: "part.tif.msk")
        #expect(try SceneHash.sha256(scene: scene) != before)
    }
}
