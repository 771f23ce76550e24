import Foundation
import TestSupport
@testable import IICInfer
import Testing

@Suite struct PublicationTests {
    let folder: TemporaryFolder
    let names = ["p.png", "a.tif.aux.xml", "a.tif"]

    init() throws { folder = try TemporaryFolder() }

    private func publication() throws -> Publication {
        var publication = Publication()
        for name in names {
            let file = try AtomicFile(path: folder(name))
            try Data("new \(name)".utf8).write(to: URL(filePath: file.temporaryPath))
            publication.add(file)
        }
        return publication
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try folder.bytes(of: name), as: UTF8.self)
    }

    private func writeOlder() throws {
        for name in names { try folder.write(Array("old \(name)".utf8), to: name) }
    }

    @Test(arguments: [false, true])
    func `all files take the place of older ones`(older: Bool) throws {
        if older { try writeOlder() }
        try publication().commit()
        for name in names { #expect(try text(name) == "new \(name)") }
        #expect(try folder.files == names.sorted())
    }

    @Test(arguments: ["p.png", "a.tif.aux.xml", "a.tif"], [false, true])
    func `where one cannot be named, all stay what they were`(
        blocked: String, older: Bool
    ) throws {
        if older { try writeOlder() }
        #expect(throws: AtomicFileError.self) {
            try publication().commit { from, to in
                if to.hasSuffix("/" + blocked) {
                    errno = EIO
                    return -1
                }
                return unsafe rename(from, to)
            }
        }
        for name in names where older { #expect(try text(name) == "old \(name)") }
        #expect(try folder.files == (older ? names.sorted() : []))
    }

    @Test(arguments: [false, true])
    func `what is to be gone is gone with the others' arrival, and not before`(
        isBlocked: Bool
    ) throws {
        try writeOlder()
        for name in ["old.aux.xml", "p.png.aux.xml"] {
            try folder.write(Array(name.utf8), to: name)
        }
        var publication = try publication()
        publication.remove(folder("p.png.aux.xml"))
        publication.remove(folder("none.aux.xml"))
        let before = try folder.files.filter { !$0.hasPrefix(".") }
        if isBlocked {
            #expect(throws: AtomicFileError.self) {
                try publication.commit { _, _ in
                    errno = EIO
                    return -1
                }
            }
            #expect(try folder.files.filter { !$0.hasPrefix(".") } == before)
            #expect(try text("p.png.aux.xml") == "p.png.aux.xml")
        } else {
            try publication.commit()
            #expect(try folder.files == before.filter { $0 != "p.png.aux.xml" })
        }
    }

    @Test func `what is not published leaves nothing`() throws {
        _ = try publication()
        #expect(try folder.files.isEmpty)
    }
}
