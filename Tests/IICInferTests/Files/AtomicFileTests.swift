import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `replaces an older file as a whole`() throws {
        try AtomicFile.write("first, and longer", to: folder("a.txt"))
        try AtomicFile.write("second", to: folder("a.txt"))
        #expect(try folder.bytes(of: "a.txt") == Array("second".utf8))
        #expect(try folder.files == ["a.txt"])
    }

    @Test func `a file that is not committed leaves nothing`() throws {
        do {
            let file = try AtomicFile(path: folder("a.txt"))
            #expect(FileManager.default.fileExists(atPath: file.temporaryPath))
        }
        #expect(try folder.files.isEmpty)
    }

    @Test func `refuses a missing folder, a folder and a device, with exit code 73`() throws {
        try folder.write([1], to: "a")
        for (link, target) in [("link", "a"), ("dangling", "none")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder(link), withDestinationPath: folder(target))
        }
        for (path, reason) in [
            (folder("none/a.txt"), "there is no folder “\(folder("none"))”"),
            (folder.path, "it is a folder"), ("/dev/null", "it is not a regular file"),
            ("", "that is not the name of a file"),
            (folder("link"), "it is a link; name the file that it leads to"),
            (folder("dangling"), "it is a link; name the file that it leads to"),
            (folder(String(repeating: "n", count: 300)), "the name is too long"),
        ] {
            let error = #expect(throws: AtomicFileError.self) {
                try AtomicFile.write("x", to: path)
            }
            #expect(error?.reason == reason)
            #expect(error?.exitStatus == .cannotWrite)
        }
    }
}
