import Foundation
import IICInfer
import Testing

/// What `iicd watch` takes for a scene, and when.
@Suite struct WatchAdmissionTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
        try FileManager.default.createDirectory(
            atPath: data("in/sub/deep"), withIntermediateDirectories: true)
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
    }

    private func start(_ flags: String...) throws -> Program {
        let program = try Program(
            ["watch", data("in"), "-m", model, "-o", data("in/maps")] + flags)
        while !program.errors.contains("Watching") && !program.hasEnded { usleep(10_000) }
        return program
    }

    private func wait(_ program: Program, until condition: () throws -> Bool) rethrows {
        for _ in 0..<3000 where try !condition() && !program.hasEnded { usleep(10_000) }
    }

    private func put(_ name: String) throws {
        try data.write(data.bytes("a.tif"), "in/\(name)")
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: data(name))
    }

    @Test(.timeLimit(.minutes(4)))
    func `folders are mirrored in all outputs, and outputs are no scenes`() throws {
        try put("a.tif")
        // Of the same content, so that it is mapped once.
        for name in ["sub/a.tif", "sub/deep/b.tiff"] { try put(name) }
        let leftover = "in/maps/sub/.iicd-999999-a-b.tmp"
        try FileManager.default.createDirectory(
            atPath: data("in/maps/sub"), withIntermediateDirectories: true)
        try data.write(Data(), leftover)
        let flags = ["--settle", "0", "--once", "--confidence", data("in/more")]
        for turn in 0..<2 {
            let result = try start(flags[0], flags[1], flags[2], flags[3], flags[4]).wait()
            #expect(result.status == 0, "\(result.errors)")
            let mapped = result.errors.components(separatedBy: "Mapped “").count - 1
            #expect(mapped == (turn == 0 ? 1 : 0), "\(result.errors)")
        }
        for name in ["a", "sub/a", "sub/deep/b.tiff"] {
            #expect(exists("in/maps/\(name).tif") && exists("in/more/\(name).confidence.tif"))
        }
        #expect(try data.bytes("in/maps/sub/a.tif") == data.bytes("in/maps/a.tif"))
        #expect(!exists(leftover))
        let flat = try Program(
            [
                "watch", data("in/sub"), "-m", model, "-o", data("flat"), "--settle", "0", "--once",
                "--no-recursive", "--ignore", "x*",
            ]
        ).wait()
        #expect(flat.status == 0 && exists("flat/a.tif") && !exists("flat/deep"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `the kernel's word is enough, in folders that are made meanwhile too`() throws {
        // Without it the folder would be looked at once an hour.
        let program = try start("--settle", "0", "--interval", "1h")
        usleep(300_000)
        try put("a.tif")
        wait(program) { program.errors.contains("Mapped “a.tif”") }
        try FileManager.default.createDirectory(
            atPath: data("in/new/deep"), withIntermediateDirectories: true)
        try put("new/deep/b.tif")
        wait(program) { program.errors.contains("Mapped “new/deep/b.tif”") }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(exists("in/maps/a.tif") && exists("in/maps/new/deep/b.tif"), "\(result.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `a scene is taken at once when its word comes`() throws {
        let program = try start("--settle", "1h", "--interval", "50ms")
        try put("sub/a.tif")
        usleep(500_000)
        #expect(!program.errors.contains("Segmenting"))
        try data.write(Data(), "in/sub/a.tif.done")
        wait(program) { program.errors.contains("Mapped “sub/a.tif”") }
        program.send(SIGTERM)
        #expect(try program.wait().status == 0 && exists("in/maps/sub/a.tif"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `a copy of full size is waited for, and mapped at last`() throws {
        try data.scene("large.tif", UInt16.self, width: 300, height: 300)
        try data.scene("b.tif", UInt8.self, width: 500, height: 500)
        let bytes = try data.bytes("b.tif")
        for name in ["in/b.tif", "in/c.tif"] {
            try data.write(bytes.prefix(64 << 10), name)
            #expect(unsafe truncate(data(name), bytes.count) == 0)
        }
        let program = try start("--settle", "0", "--interval", "50ms", "--sparse-wait", "1h")
        wait(program) {
            program.errors.components(separatedBy: "nothing was written yet").count == 3
        }
        #expect(!program.errors.contains("Segmenting"), "\(program.errors)")
        // The rest of one comes.
        let file = try FileHandle(forUpdating: URL(filePath: data("in/b.tif")))
        try file.write(contentsOf: bytes)
        try file.close()
        wait(program) { program.errors.contains("Mapped “b.tif”") }
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
        #expect(exists("in/maps/b.tif") && !exists("in/maps/c.tif"))
        let again = try start("--settle", "0", "--once", "--sparse-wait", "1s").wait()
        #expect(again.errors.contains("It is mapped all the same."), "\(again.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `no scene touches the network or a file elsewhere`() throws {
        try data.scene("served.tif", UInt8.self, width: 60, height: 50)
        let server = try RangeServer(folder: data.path)
        let address = server.address("served.tif")
        try data.vrt("in/a.vrt", of: address, width: 60, height: 50, relative: false)
        try data.vrt("in/b.tif", of: address, width: 60, height: 50, relative: false)
        try data.vrt("in/c.vrt", of: data("a.tif"), width: 60, height: 50, relative: false)
        try put("d.tif")
        try data.vrt("in/d.tif.ovr", of: address, width: 60, height: 50, relative: false)
        try put("e.tif")
        try data.write(
            Data(
                """
                <PAMDataset><Metadata domain="OVERVIEWS">
                <MDI key="OVERVIEW_FILE">\(address)</MDI></Metadata></PAMDataset>
                """.utf8), "in/e.tif.aux.xml")
        try FileManager.default.createSymbolicLink(
            atPath: data("in/f.tif"), withDestinationPath: data("served.tif"))
        for trust in [[], ["--trust-vrt"]] {
            // A damaged one is waited for a minute; a signal is the end of that.
            let program = try Program(
                ["watch", data("in"), "-m", model, "-o", data("maps"), "--settle", "0"] + trust)
            wait(program) {
                program.errors.contains("“e.tif”: “") || program.errors.contains("Mapped “e.tif”")
                    || program.errors.contains("maps already: 1")
            }
            usleep(500_000)
            program.send(SIGTERM)
            let result = try program.wait()
            #expect(server.requests.isEmpty, "\(server.requests)")
            #expect(
                try data.maps == ["e.tif", "e.tif.aux.xml", "failed"], "\(result.errors)")
            // One that was refused by its content is not looked at again until it changes.
            let isAgain = result.errors.contains("given up before")
            for name in isAgain
                ? ["a.vrt", "c.vrt", "f.tif"] : ["a.vrt", "b.tif", "c.vrt", "f.tif"]
            {
                #expect(
                    result.errors.components(separatedBy: "in/\(name)” is ").count == 2,
                    "\(name): \(result.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `a VRT that is trusted is mapped again when a part is replaced`() throws {
        try data.vrt("in/v.vrt", of: "sub/part.dat", width: 60, height: 50)
        let program = try start("--settle", "100ms", "--interval", "50ms", "--trust-vrt")
        wait(program) { program.errors.contains("is tried again in") }
        try put("sub/part.dat")
        wait(program) { program.errors.contains("Mapped “v.vrt”") }
        try data.scene("in/sub/other.dat", UInt8.self, width: 60, height: 50, bands: 4)
        #expect(PathCalls.rename(data("in/sub/other.dat"), data("in/sub/part.dat")) == 0)
        wait(program) { program.errors.contains("“v.vrt” has its map already") }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0 && exists("in/maps/v.vrt.tif"), "\(result.errors)")
        #expect(result.errors.contains("“v.vrt” has its map already"), "\(result.errors)")
        let untrusted = try start("--settle", "0", "--once").wait()
        #expect(untrusted.status == 1, "\(untrusted.errors)")
        #expect(untrusted.errors.components(separatedBy: "--trust-vrt").count == 2)
    }
}
