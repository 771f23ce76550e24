import Foundation
@testable import IICInfer
import Testing

@Suite struct AtomicPairTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String, _ text: String) throws -> AtomicFile {
        let file = try AtomicFile(path: folder(name))
        try Data(text.utf8).write(to: URL(filePath: file.temporaryPath))
        return file
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try folder.bytes(of: name), as: UTF8.self)
    }

    @Test(arguments: [false, true]) func `both take the place of older ones`(older: Bool) throws {
        if older {
            try folder.write([1], to: "a.tif")
            try folder.write([2], to: "a.tif.aux.xml")
        }
        try file("a.tif", "map").commit(after: file("a.tif.aux.xml", "table"))
        #expect(try text("a.tif") == "map" && text("a.tif.aux.xml") == "table")
        #expect(try folder.files == ["a.tif", "a.tif.aux.xml"])
    }

    @Test(arguments: ["a.tif", "a.tif.aux.xml"])
    func `where one cannot be named, the older ones stay`(blocked: String) throws {
        try folder.write(Array("old map".utf8), to: "a.tif")
        try folder.write(Array("old table".utf8), to: "a.tif.aux.xml")
        #expect(throws: AtomicFileError.self) {
            let map = try file("a.tif", "map")
            let table = try file("a.tif.aux.xml", "table")
            try map.commit(after: table) { from, to in
                if to.hasSuffix("/" + blocked) {
                    errno = EIO
                    return -1
                }
                return unsafe rename(from, to)
            }
        }
        #expect(try text("a.tif") == "old map" && text("a.tif.aux.xml") == "old table")
        #expect(try folder.files == ["a.tif", "a.tif.aux.xml"])
    }
}
