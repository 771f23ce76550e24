import Foundation
import IICInfer
import Testing
import IICDaemon

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
    func `what lies beside a scene is part of its stamp, others' files are not`()
        throws
    {
        for name in [
            "a.tif", "a.tif.msk", "a.tif.aux.xml", "a.tfw", "a.tif.ovr", "a.tif.msk.ovr", "ab.tfw",
            "a", ".a.tfw", "a.tiff", "a.jp2", "a.tif.done", "b.c.tif", "b.c.tfw", "b.tfw",
            "c.tif.msk",
        ] {
            try data.write(Data("x".utf8), "maps/\(name)")
        }
        let listing = try SceneListing(folder: data("maps"))
        func sidecars(_ name: FileName) -> Set<FileName> {
            Set((listing.scenes[name]?.sidecars ?? [:]).keys)
        }
        #expect(
            sidecars("a.tif") == [
                "a.tif.msk", "a.tif.aux.xml", "a.tfw", "a.tif.ovr", "a.tif.msk.ovr",
            ])
        #expect(sidecars("a.tiff") == ["a.tfw"] && sidecars("a.jp2") == ["a.tfw"])
        #expect(sidecars("b.c.tif") == ["b.c.tfw"])
        #expect(listing.scenes.count == 4)
        // What cannot be examined now is not taken for gone.
        let failing = try SceneListing(
            folder: data("maps"), calls: calls(status: EIO, of: "a.tif.msk"))
        #expect(failing.scenes["a.tif"] == nil && failing.problems["a.tif"] != nil)
    }

    private func folder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: data(name), withIntermediateDirectories: true)
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: data(name), withDestinationPath: target)
    }

    @Test func `folders inside are looked into, hidden ones and outputs are not`() throws {
        for name in ["in/sub/deep", "in/.done", "in/out/sub", "in/caf\u{E9}"] { try folder(name) }
        for name in [
            "a.tif", "sub/a.tif", "sub/deep/b.jp2", "sub/deep/b.j2w", ".done/c.tif", "out/a.tif",
            "out/sub/a.tif", "caf\u{E9}/d.tif",
        ] {
            try data.write(Data("x".utf8), "in/\(name)")
        }
        var rules = SceneRules()
        rules.outputs = [data("in/./out"), data("none")]
        let listing = try SceneListing(folder: data("in"), rules: rules)
        #expect(
            Set(listing.scenes.keys) == [
                "a.tif", "sub/a.tif", "sub/deep/b.jp2", "caf\u{E9}/d.tif",
            ])
        #expect(listing.scenes["sub/deep/b.jp2"]?.sidecars.keys.contains("b.j2w") == true)
        #expect(Set(listing.folders) == ["", "sub", "sub/deep", "caf\u{E9}"])
        rules.isRecursive = false
        let flat = try SceneListing(folder: data("in"), rules: rules)
        #expect(Array(flat.scenes.keys) == ["a.tif"])
    }

    @Test func `names that are ignored are no scenes and no sidecars`() throws {
        try folder("in/raw")
        for name in [
            "a.tif", "a.tif.part", "a.tif.tmp", "b.tif.crdownload", "c.tif.filepart", "d.tif~",
            "a.tif.msk~", "old-e.tif", "raw/f.tif", "raw/g.jp2",
        ] {
            try data.write(Data("x".utf8), "in/\(name)")
        }
        var rules = SceneRules()
        #expect(
            Set(try SceneListing(folder: data("in"), rules: rules).scenes.keys)
                == ["a.tif", "old-e.tif", "raw/f.tif", "raw/g.jp2"])
        rules.ignored = ["old-*", "raw/*.jp2"]
        let listing = try SceneListing(folder: data("in"), rules: rules)
        #expect(Set(listing.scenes.keys) == ["a.tif", "raw/f.tif"])
        #expect(listing.scenes["a.tif"]?.sidecars.isEmpty == true)
        rules.ignored = ["raw"]
        #expect(
            Set(try SceneListing(folder: data("in"), rules: rules).scenes.keys)
                == ["a.tif", "old-e.tif"])
    }

    @Test func `a scene that was replaced by one of the same size and time is another`() throws {
        try data.write(Data("one".utf8), "maps/a.tif")
        let before = try SceneListing(folder: data("maps")).scenes["a.tif"]
        var times = [timespec(tv_sec: 9, tv_nsec: 0), timespec(tv_sec: 9, tv_nsec: 0)]
        try data.write(Data("two".utf8), "maps/b")
        for name in ["maps/a.tif", "maps/b"] {
            #expect(unsafe utimensat(AT_FDCWD, data(name), &times, 0) == 0)
        }
        let same = try SceneListing(folder: data("maps")).scenes["a.tif"]
        #expect(PathCalls.rename(data("maps/b"), data("maps/a.tif")) == 0)
        let after = try SceneListing(folder: data("maps")).scenes["a.tif"]
        #expect(before != same && same != after)
        #expect(same?.main.size == after?.main.size)
        #expect(same?.main.modified == after?.main.modified)
    }

    @Test func `links that lead out of the folder are refused with their scenes`() throws {
        try folder("in/sub")
        try data.write(Data("x".utf8), "outside.tif")
        for name in ["a.tif", "b.tif", "sub/c.tif"] { try data.write(Data("x".utf8), "in/\(name)") }
        try link("in/out.tif", to: data("outside.tif"))
        try link("in/up.tif", to: "../outside.tif")
        try link("in/b.tif.msk", to: "../outside.tif")
        try link("in/inside.tif", to: "sub/c.tif")
        try link("in/loop", to: "..")
        let listing = try SceneListing(folder: data("in"))
        #expect(Set(listing.scenes.keys) == ["a.tif", "inside.tif", "sub/c.tif"])
        #expect(Set(listing.refusals.keys) == ["out.tif", "up.tif", "b.tif"])
        #expect(listing.refusals["b.tif"]?.contains("link that leads out") == true)
    }

    @Test func `the word that a scene has arrived counts after all of its files only`() throws {
        try data.write(Data("x".utf8), "maps/a.tif.done")
        usleep(20_000)
        try data.write(Data("x".utf8), "maps/a.tif")
        #expect(try SceneListing(folder: data("maps")).released.isEmpty)
        usleep(20_000)
        try data.write(Data(), "maps/a.tif.done")
        let listing = try SceneListing(folder: data("maps"))
        #expect(Array(listing.released.keys) == ["a.tif"])
        usleep(20_000)
        try data.write(Data("x".utf8), "maps/a.tfw")
        #expect(try SceneListing(folder: data("maps")).released.isEmpty)
    }

    @Test func `parts of a VRT belong to it, whether they are there or not`() throws {
        try folder("in/parts")
        try data.vrt("in/a.vrt", of: "parts/b.dat", width: 60, height: 50)
        let untrusted = try SceneListing(folder: data("in"))
        #expect(untrusted.scenes.isEmpty)
        #expect(untrusted.refusals["a.vrt"]?.contains("--trust-vrt") == true)
        var rules = SceneRules()
        rules.trustsVRT = true
        let list = VRTPartList()
        func stamp() throws -> SceneStamp? {
            try SceneListing(folder: data("in"), rules: rules, parts: list).scenes["a.vrt"]
        }
        let absent = try #require(try stamp())
        #expect(absent.parts.count == 1 && absent.parts.values.allSatisfy { $0 == nil })
        try data.write(Data("one".utf8), "in/parts/b.dat")
        let present = try #require(try stamp())
        #expect(present != absent && present.main == absent.main)
        #expect(try stamp() == present)
        try data.write(Data("two".utf8), "in/parts/b.dat.msk")
        #expect(try stamp() != present)
    }

    @Test(arguments: [
        "/etc/passwd", "../outside.tif", "sub/../../outside.tif", "/vsicurl/http://127.0.0.1/a.tif",
        "link.tif", "NETCDF:a.nc", "<VRTDataset/>", "nested.dat",
    ])
    func `a VRT that names what lies elsewhere is refused`(name: String) throws {
        try folder("in/sub")
        try data.write(Data("x".utf8), "outside.tif")
        try link("in/link.tif", to: "../outside.tif")
        // Whatever its name says, GDAL would read it as a VRT.
        try data.vrt("in/nested.dat", of: "/etc/passwd", width: 60, height: 50, relative: false)
        let shown = name.replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        var rules = SceneRules()
        rules.trustsVRT = true
        for isRelative in [true, false] {
            try data.vrt("in/a.vrt", of: shown, width: 60, height: 50, relative: isRelative)
            let listing = try SceneListing(folder: data("in"), rules: rules)
            #expect(listing.scenes["a.vrt"] == nil)
            #expect(listing.refusals["a.vrt"]?.contains("is refused: it names “") == true)
            #expect(throws: SceneRefusal.self) {
                try SceneStructure.check(data("in/a.vrt"), inside: data("in"))
            }
        }
    }

    @Test func `a VRT of raw bytes is refused`() throws {
        try folder("in")
        try data.write(Data("x".utf8), "in/b.dat")
        try data.write(
            Data(
                """
                <VRTDataset rasterXSize="1" rasterYSize="1">
                <VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">
                <SourceFilename relativeToVRT="1">b.dat</SourceFilename>
                </VRTRasterBand></VRTDataset>
                """.utf8), "in/a.vrt")
        #expect(throws: SceneRefusal.self) {
            try SceneStructure.check(data("in/a.vrt"), inside: data("in"))
        }
    }

    @Test func `what hides behind a scene's name is refused`() throws {
        try data.vrt("a.tif", of: "/etc/passwd", width: 60, height: 50)
        try data.write(Data("\u{89}PNG and more than that".utf8), "b.jp2")
        for name in ["a.tif", "b.jp2"] {
            #expect(throws: SceneRefusal.self) { try SceneStructure.check(data(name)) }
        }
        // Zeros are what is to be written yet.
        try data.write(Data(count: 5000), "c.tif")
        #expect(throws: TIFFCheckError.self) { try SceneStructure.check(data("c.tif")) }
        // A mask that is a VRT would be opened as one.
        try data.scene("d.tif", UInt8.self, width: 60, height: 50)
        try SceneStructure.check(data("d.tif"))
        try data.vrt("d.tif.msk", of: "/etc/passwd", width: 60, height: 50)
        #expect(throws: TIFFCheckError.self) { try SceneStructure.check(data("d.tif")) }
    }

    @Test func `a full-sized copy with holes is told from a whole one`() throws {
        try data.scene("a.tif", UInt16.self, width: 300, height: 300)
        try SceneStructure.check(data("a.tif"))
        let bytes = try data.bytes("a.tif")
        // The directory is there, and all that lies behind 64 KiB is not.
        let kept = 64 << 10
        #expect(bytes.count > 3 * kept)
        try data.write(bytes.prefix(kept), "b.tif")
        #expect(unsafe truncate(data("b.tif"), bytes.count) == 0)
        #expect(throws: SparseScene.self) { try SceneStructure.check(data("b.tif")) }
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
        let folder = data("")
        #expect(try Daemon.isSameFolder(folder, data("maps")) == false)
        #expect(throws: FileError(path: data("maps"), code: EIO)) {
            try Daemon.isSameFolder(
                folder, data("maps"), calls: calls(status: EIO, of: "maps"))
        }
        #expect(throws: FileError(path: data("maps"), reason: .noFolder)) {
            try Daemon.isSameFolder(
                folder, data("maps"), calls: calls(status: ENOENT, of: "maps"))
        }
    }
}
