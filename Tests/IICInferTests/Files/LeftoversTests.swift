import Glibc
import IICInfer
import TestSupport
import Testing

@Suite struct LeftoversTests {
    @Test func `only the temporaries of processes that are gone are removed`() throws {
        let folder = try TemporaryFolder()
        // Above the largest number that Linux gives to a process.
        let gone = 4_194_305
        let dead = [".iicd-\(gone)-abc-x.tmp", ".iicd-\(gone)-abc-x.tmp.aux.xml"]
        let alive = [
            ".iicd-1-abc-x.tmp", ".iicd-x-abc-x.tmp", ".iicd-\(gone)-x.tmp",
            "iicd-\(gone)-abc-x.tmp", "map.tif", ".iicd-\(gone)-abc-x",
        ]
        for name in dead + alive { try folder.write([1], to: name) }
        #expect(AtomicFile.removeLeftovers(in: folder.path) == dead)
        #expect(try folder.files == alive.sorted())
        #expect(AtomicFile.removeLeftovers(in: folder("none")).isEmpty)
    }

    @Test func `another machine's temporaries stay while they may be in use`() throws {
        let folder = try TemporaryFolder()
        func temporary() throws -> String { try AtomicFile(path: folder("m")).temporaryPath }
        let name = try #require(temporary().split(separator: "/").last)
        let parts = name.split(separator: "-").map(String.init)
        try #require(parts.count == 5)
        let other = ".iicd-4194305-elsewhere-abc-\(parts[4])"
        let gone = ".iicd-4194305-\(parts[2])-abc-\(parts[4])"
        for name in [other, gone] { try folder.write([1], to: name) }
        #expect(AtomicFile.removeLeftovers(in: folder.path) == [gone])
        let old = [timespec(tv_sec: time(nil) - 90_000, tv_nsec: 0)]
        let code = unsafe folder(other).withCString { path in
            unsafe (old + old).withUnsafeBufferPointer {
                unsafe utimensat(AT_FDCWD, path, $0.baseAddress, 0)
            }
        }
        #expect(code == 0)
        #expect(AtomicFile.removeLeftovers(in: folder.path) == [other])
        // Nobody else is at chosen files, here or elsewhere.
        try folder.write([1], to: other)
        AtomicFile.removeLeftovers(of: [folder("m")])
        #expect(!(try folder.files).contains(other))
    }

    @Test func `of chosen files, only the temporaries of these are removed`() throws {
        let folder = try TemporaryFolder()
        func temporary(of name: String) throws -> String {
            let file = try AtomicFile(path: folder(name))
            let parts = file.temporaryPath.split(separator: "-")
            let mark = try #require(parts.last)
            return ".iicd-4194305-abc-\(mark)"
        }
        let names = try ["m", "m.best", "other"].map(temporary)
        #expect(Set(names).count == 3)
        for name in names { try folder.write([1], to: name) }
        AtomicFile.removeLeftovers(of: [folder("m"), folder("m.best"), folder("none/m")])
        #expect(try folder.files == [names[2]])
    }
}
