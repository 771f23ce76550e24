import Foundation
import IICDaemon
import IICInfer
import TestSupport
import Testing

@Suite struct MapCopyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A result with files of these names, which are written, the map first.
    private func result(_ names: [FileName]) throws -> JobResult {
        JobResult(
            width: 3, height: 2, sceneHash: "scene",
            files: try names.map { name in
                let path = FileName(folder(name.text))
                try OutputFolder.make(String(pathBytes: parent(path)))
                try AtomicFile.write("of \(name.text)", to: path.text)
                let bytes = try InputFile(path.text).read(upTo: 1 << 20, at: 0)
                return .init(path: path, bytes: bytes.count, sha256: SHA256.hex(bytes))
            },
            classes: [], nodataPixels: 0, seconds: 1, isUnchanged: true, warnings: [])
    }

    private func parent(_ path: FileName) -> ArraySlice<UInt8> {
        path.bytes[..<(path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
    }

    private func text(_ name: String) -> String? {
        try? String(decoding: InputFile(folder(name)).read(upTo: 1 << 20, at: 0), as: UTF8.self)
    }

    @Test func `gives all files to a scene of another name and folder`() throws {
        let old = try result([
            "maps/sub/a.b.tif", "maps/sub/a.b.qml", "maps/sub/a.b.confidence.tif",
            "pictures/sub/a.b.png",
        ])
        let new = try #require(
            try MapCopy.copy(old, of: "sub/a.b.tif", to: "deep/er/c.tiff"))
        #expect(
            new.files.map(\.path)
                == [
                    "maps/deep/er/c.tiff.tif", "maps/deep/er/c.tiff.qml",
                    "maps/deep/er/c.tiff.confidence.tif", "pictures/deep/er/c.tiff.png",
                ].map { FileName(folder($0)) })
        #expect(text("maps/deep/er/c.tiff.tif") == "of maps/sub/a.b.tif")
        #expect(text("pictures/deep/er/c.tiff.png") == "of pictures/sub/a.b.png")
        #expect(text("maps/sub/a.b.tif") == "of maps/sub/a.b.tif")
        #expect(new.isUnchanged == false)
        #expect(new.files.map(\.sha256) == old.files.map(\.sha256))
        #expect(
            try FolderListing.names(in: folder("maps/deep/er")).sorted() == [
                "c.tiff.confidence.tif", "c.tiff.qml", "c.tiff.tif",
            ])
    }

    @Test func `makes copies, which share nothing with the others`() throws {
        let old = try result(["maps/a.tif"])
        _ = try MapCopy.copy(old, of: "a.tif", to: "b.tif")
        #expect(try FileStamp(folder("maps/a.tif"))?.file != FileStamp(folder("maps/b.tif"))?.file)
    }

    @Test func `takes names of any bytes`() throws {
        let old = try result([FileName(bytes: Array("maps/".utf8) + [0xFC] + Array(".tif".utf8))])
        let new = FileName(bytes: [0xFD, 0x0A] + Array(".tif".utf8))
        let copied = try MapCopy.copy(
            old, of: FileName(bytes: [0xFC] + Array(".tif".utf8)), to: new)
        #expect(copied?.files[0].path == FileName(folder("maps/") + new.text))
        #expect(try FileStamp(folder("maps/") + new.text) != nil)
    }

    @Test func `leaves nothing where a file has changed, is missing or is of another size`() throws
    {
        for change in ["of maps/a.pnG", "longer than it was", nil] {
            let old = try result(["maps/a.tif", "maps/a.png"])
            if let change {
                try AtomicFile.write(change, to: folder("maps/a.png"))
            } else {
                PathCalls.unlink(folder("maps/a.png"))
            }
            #expect(try MapCopy.copy(old, of: "a.tif", to: "b.tif") == nil)
            let left = try FolderListing.names(in: folder("maps"))
            #expect(left.allSatisfy { $0.bytes.first == UInt8(ascii: "a") }, "\(left)")
        }
    }

    @Test func `does not copy what holds names of files, or is not called like the scene`() throws {
        for name: FileName in ["maps/a.json", "maps/a.gpkg", "maps/legend.txt", "maps/ab.png"] {
            let old = try result(["maps/a.tif", name])
            #expect(try MapCopy.copy(old, of: "a.tif", to: "b.tif") == nil)
            #expect(try FileStamp(folder("maps/b.tif")) == nil)
        }
        var none = try result(["maps/a.tif"])
        #expect(try MapCopy.copy(none, of: "sub/a.tif", to: "b.tif") == nil)
        none.files = []
        #expect(try MapCopy.copy(none, of: "a.tif", to: "b.tif") == nil)
    }

    @Test func `ends when it is to, and leaves nothing`() throws {
        let old = try result(["maps/a.tif"])
        #expect(throws: Interrupted.self) {
            try MapCopy.copy(old, of: "a.tif", to: "b.tif") { true }
        }
        #expect(try FolderListing.names(in: folder("maps")) == ["a.tif"])
    }
}
