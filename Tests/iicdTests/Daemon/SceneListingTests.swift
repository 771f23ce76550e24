import Foundation
import IICInfer
import Logging
import Testing
import iicd

@Suite struct SceneListingTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func calls(status code: Int32, of end: String) -> FileCalls {
        var calls = FileCalls.system
        let real = calls.status
        calls.status = { path, status in
            guard path.hasSuffix(end) else { return real(path, &status) }
            errno = code
            return -1
        }
        return calls
    }

    @Test func `regular files with a scene's name are listed, by their bytes`() throws {
        for name in ["a.tif", "caf\u{E9}.tif", "cafe\u{301}.tif", ".b.tif", "c.txt"] {
            try data.write(Data("x".utf8), "maps/\(name)")
        }
        try FileManager.default.createDirectory(
            atPath: data("maps/d.tif"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: data("maps/e.tif"), withDestinationPath: "nothing.tif")
        let listing = try SceneListing(folder: data("maps"))
        #expect(Set(listing.scenes.keys) == ["a.tif", "caf\u{E9}.tif", "cafe\u{301}.tif"])
        #expect(listing.problems.isEmpty)
        let stamp = try #require(listing.scenes["a.tif"])
        #expect(try stamp.main == FileStamp(data("maps/a.tif")) && stamp.sidecars.isEmpty)
    }

    @Test
    func `what lies beside a scene is part of its stamp, overviews and others' files are not`()
        throws
    {
        for name in [
            "a.tif", "a.tif.msk", "a.tif.aux.xml", "a.tfw", "a.tif.ovr", "a.tif.msk.ovr", "ab.tfw",
            "a", ".a.tfw", "a.tiff", "a.vrt", "b.c.tif", "b.c.tfw", "b.tfw", "c.tif.msk",
        ] {
            try data.write(Data("x".utf8), "maps/\(name)")
        }
        let listing = try SceneListing(folder: data("maps"))
        func sidecars(_ name: FileName) -> Set<FileName> {
            Set((listing.scenes[name]?.sidecars ?? [:]).keys)
        }
        #expect(sidecars("a.tif") == ["a.tif.msk", "a.tif.aux.xml", "a.tfw"])
        #expect(sidecars("a.tiff") == ["a.tfw"] && sidecars("a.vrt") == ["a.tfw"])
        #expect(sidecars("b.c.tif") == ["b.c.tfw"])
        #expect(listing.scenes.count == 4)
        // What cannot be examined now is not taken for gone.
        let failing = try SceneListing(
            folder: data("maps"), calls: calls(status: EIO, of: "a.tif.msk"))
        #expect(failing.scenes["a.tif"] == nil && failing.problems["a.tif"] != nil)
    }

    @Test(arguments: [EACCES, EIO, ESTALE])
    func `a scene that cannot be examined has not gone`(code: Int32) throws {
        try data.write(Data("x".utf8), "maps/a.tif")
        try data.write(Data("x".utf8), "maps/b.tif")
        let listing = try SceneListing(
            folder: data("maps"), calls: calls(status: code, of: "b.tif"))
        #expect(Array(listing.scenes.keys) == ["a.tif"])
        let problem = try #require(listing.problems["b.tif"])
        #expect(problem.contains("b.tif") && !problem.contains("amaged"))
        let gone = try SceneListing(folder: data("maps"), calls: calls(status: ENOENT, of: "b.tif"))
        #expect(Array(gone.scenes.keys) == ["a.tif"] && gone.problems.isEmpty)
    }

    @Test(arguments: ["a.tif", "a.vrt"], [EACCES, EIO, ESTALE])
    func `a failing disk does not make a scene a damaged one`(name: String, code: Int32) throws {
        try data.write(Data("II*\0rest of a file".utf8), name)
        for isOpen in [true, false] {
            var calls = FileCalls.system
            unsafe calls.read = { _, _, _ in
                errno = code
                return -1
            }
            if !isOpen {
                calls.open = { _ in
                    errno = code
                    return -1
                }
            }
            let error = #expect(throws: (any Error).self) {
                try SceneStructure.check(data(name), calls: calls)
            }
            let failure = try #require(error as? any UserError)
            #expect(failure.exitStatus == (code == EACCES ? .noInput : .tryAgain))
            #expect(failure.exitStatus.isPassing)
            #expect(failure.description.hasPrefix("Cannot read “\(data(name))”: "))
        }
    }

    @Test func `a folder whose state is unknown is not called the same folder`() throws {
        let work = SceneWork(
            check: { _ in }, isMapped: { _, _, _ in true }, segment: { _, _, _ in })
        let daemon = Daemon(
            folder: data(""), maps: data("maps"), work: work, logger: .init(label: "test"))
        #expect(try daemon.isSameFolder() == false)
        #expect(throws: FileError(path: data("maps"), code: EIO)) {
            try daemon.isSameFolder(calls: calls(status: EIO, of: "maps"))
        }
        #expect(throws: FileError(path: data("maps"), reason: .noFolder)) {
            try daemon.isSameFolder(calls: calls(status: ENOENT, of: "maps"))
        }
    }
}
