import Foundation
import IICDaemon
import IICInfer
import TestSupport
import Testing

@Suite struct ContentHashTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func hash(_ scene: FileName) throws -> String {
        let listing = try SceneListing(folder: folder.path)
        let stamp = try #require(listing.scenes[scene])
        return try ContentHash.sha256(of: scene, in: folder.path, stamp: stamp)
    }

    private func write(_ files: [String: String]) throws {
        for (name, text) in files { try folder.write(text: text, to: name) }
    }

    @Test func `is the same for a scene that was renamed with all its files`() throws {
        try OutputFolder.make(folder("sub"))
        try write([
            "a.tif": "pixels", "a.tif.msk": "mask", "a.tfw": "place",
            "sub/other.name.tif": "pixels", "sub/other.name.tif.msk": "mask",
            "sub/other.name.tfw": "place",
        ])
        #expect(try hash("a.tif") == hash("sub/other.name.tif"))
        #expect(try hash("a.tif").count == 64)
    }

    @Test func `changes with every file but overviews`() throws {
        try write(["a.tif": "pixels"])
        let bare = try hash("a.tif")
        try write(["a.tif.ovr": "overviews"])
        #expect(try hash("a.tif") == bare)
        try write(["a.tif.msk": "mask"])
        let masked = try hash("a.tif")
        #expect(masked != bare)
        try write(["a.tif.msk": "mesk"])
        #expect(try hash("a.tif") != masked)
        try write(["a.tif.msk": "mask", "a.tif": "pixel"])
        #expect(try hash("a.tif") != masked)
    }

    @Test func `tells which file holds what`() throws {
        try write([
            "a.tif": "pixels", "a.tif.msk": "one", "a.tif.aux.xml": "two",
            "b.tif": "pixels", "b.tif.msk": "two", "b.tif.aux.xml": "one",
        ])
        #expect(try hash("a.tif") != hash("b.tif"))
    }

    @Test func `takes names of any bytes`() throws {
        let name = FileName(bytes: [0xFC] + Array(".tif".utf8))
        try AtomicFile.write("pixels", to: folder(name.text))
        try write(["a.tif": "pixels"])
        #expect(try hash(name) == hash("a.tif"))
    }

    @Test func `ends when it is to, and where a file has gone`() throws {
        try write(["a.tif": "pixels", "a.tfw": "place"])
        let stamp = try #require(try SceneListing(folder: folder.path).scenes["a.tif"])
        #expect(throws: Interrupted.self) {
            try ContentHash.sha256(of: "a.tif", in: folder.path, stamp: stamp) { true }
        }
        PathCalls.unlink(folder("a.tfw"))
        #expect(throws: FileError.self) {
            try ContentHash.sha256(of: "a.tif", in: folder.path, stamp: stamp)
        }
    }
}
