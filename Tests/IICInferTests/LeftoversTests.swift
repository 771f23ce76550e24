import Glibc
import IICInfer
import Testing

@Suite struct LeftoversTests {
    @Test func `only the temporaries of processes that are gone are removed`() throws {
        let folder = try TemporaryFolder()
        // Above the largest number that Linux gives to a process.
        let gone = 4_194_305
        let dead = [".iicd-\(gone)-abc.tmp", ".iicd-\(gone)-abc.tmp.aux.xml"]
        let alive = [
            ".iicd-1-abc.tmp", ".iicd-x-abc.tmp", ".iicd-\(gone).tmp", "iicd-\(gone)-abc.tmp",
            "map.tif", ".iicd-\(gone)-abc",
        ]
        for name in dead + alive { try folder.write([1], to: name) }
        #expect(AtomicFile.removeLeftovers(in: folder.path) == dead)
        #expect(try folder.files == alive.sorted())
        #expect(AtomicFile.removeLeftovers(in: folder("none")).isEmpty)
    }
}
