import Foundation
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

    @Test func `what is not published leaves nothing`() throws {
        _ = try publication()
        #expect(try folder.files.isEmpty)
    }
}
