import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct RelativeReferenceTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["maps/deep", "items"] {
            try FileManager.default.createDirectory(
                atPath: folder(name), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder("same"), withDestinationPath: folder("maps"))
    }

    @Test(arguments: [
        ("maps/a.json", "maps/a.tif", "./a.tif"), ("items/a.json", "maps/a.tif", "../maps/a.tif"),
        ("a.json", "maps/deep/a.tif", "./maps/deep/a.tif"),
        ("maps/deep/a.json", "a.tif", "../../a.tif"), ("same/a.json", "maps/a.tif", "./a.tif"),
        ("maps/deep/../a.json", "same/a.tif", "./a.tif"),
        ("a.json", "maps/my map#1 (50%).tif", "./maps/my%20map%231%20(50%25).tif"),
        ("a.json", "Äcker:1.tif", "./Äcker:1.tif"),
        // A slash and an accent are one `Character`.
        ("maps/a.json", "maps/\u{301}b.tif", "./\u{301}b.tif"),
    ])
    func `a reference leads from one file to the other`(from: String, to: String, way: String) {
        #expect(RelativeReference.from(folder(from), to: folder(to)) == way)
    }

    @Test func `folders whose names differ in bytes alone are two`() throws {
        for name in ["\u{E9}", "e\u{301}", "\u{301}c"] {
            try FileManager.default.createDirectory(
                atPath: folder(name), withIntermediateDirectories: true)
        }
        let way = RelativeReference.from(folder("\u{E9}/a.json"), to: folder("e\u{301}/a.tif"))
        #expect(way.utf8.elementsEqual("../e\u{301}/a.tif".utf8))
        #expect(
            RelativeReference.from(folder("\u{301}c/a.json"), to: folder("a.tif")) == "../a.tif")
    }
}
