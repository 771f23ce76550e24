import Foundation
import IICInfer
import TestSupport
import Testing

/// Files and folders of any names.
@Suite struct PathCallsTests {
    let folder: TemporaryFolder
    /// No UTF-8, a line break, and two files for Linux where Swift sees equal strings; the last begins
    /// with an accent, which Swift would put on the slash.
    static let names: [[UInt8]] = [
        [0x44, 0xFC], [0x61, 0x0A], Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8),
        Array("\u{301}a".utf8),
    ]

    init() throws { folder = try TemporaryFolder() }

    private func listing(_ path: String) throws -> Set<[UInt8]> {
        Set(try FolderListing.names(in: path).map(\.bytes))
    }

    @Test func `files are written, read, stamped and removed by their bytes`() throws {
        for name in Self.names {
            let path = folder(String(pathBytes: name))
            try AtomicFile.write("\(name)", to: path)
            let file = try InputFile(path)
            #expect(try file.read(0..<file.size) == Array("\(name)".utf8))
            #expect(try FileStamp(path) == file.stamp)
        }
        #expect(try listing(folder.path) == Set(Self.names))
        var publication = Publication()
        for name in Self.names {
            publication.add(try AtomicFile(path: folder(String(pathBytes: name))))
        }
        try publication.commit()
        #expect(try listing(folder.path) == Set(Self.names))
        for name in Self.names {
            #expect(try FileStamp(folder(String(pathBytes: name)))?.size == 0)
            #expect(PathCalls.unlink(folder(String(pathBytes: name))) == 0)
        }
        #expect(try listing(folder.path).isEmpty)
    }

    @Test func `folders are made by their bytes, with those above them`() throws {
        for name in Self.names {
            let text = String(pathBytes: name)
            var made: [String] = []
            try OutputFolder.make(folder("\(text)//inner/\(text)/"), made: &made)
            #expect(made.first.map { FileName($0) } == FileName(folder(text)) && made.count == 3)
            #expect(PathCalls.isFolder(folder("\(text)/inner/\(text)")))
            try OutputFolder.make(folder("\(text)/inner"), made: &made)
            #expect(made.count == 3)
            for path in made.reversed() { #expect(PathCalls.remove(path) == 0) }
        }
        #expect(try folder.files.isEmpty)
    }

    @Test func `a folder that cannot be made is an error that tells why`() throws {
        try folder.write([1], to: "file")
        for (path, reason) in [
            (folder("file"), "a file is in its way"), (folder("file/a/b"), "a file is in its way"),
            ("", "the folder cannot be made there"),
            (folder(String(repeating: "n", count: 300)), "the name is too long"),
        ] {
            #expect(throws: AtomicFileError(path: path, reason: reason)) {
                try OutputFolder.make(path)
            }
        }
        #expect(try folder.files == ["file"])
    }

    @Test func `an error names the file by its bytes, for showing`() {
        let path = folder(String(pathBytes: [0x44, 0xFC]))
        let error = #expect(throws: FileError.self) { _ = try InputFile(path).size }
        #expect(error?.description.shown == "There is no file “\(folder(#"D\xFC"#))”.")
    }

    @Test func `temporaries of two folders with equal names are told apart`() throws {
        for name in ["caf\u{E9}", "cafe\u{301}"] {
            try OutputFolder.make(folder(name))
            let file = try AtomicFile(path: folder("\(name)/m"))
            let parts = file.temporaryPath.split(separator: "-")
            let mark = try #require(parts.last)
            try AtomicFile.write("", to: folder("\(name)/.iicd-4194305-abc-\(mark)"))
        }
        AtomicFile.removeLeftovers(of: [folder("caf\u{E9}/m"), folder("cafe\u{301}/m")])
        #expect(try listing(folder("caf\u{E9}")).isEmpty && listing(folder("cafe\u{301}")).isEmpty)
    }
}
