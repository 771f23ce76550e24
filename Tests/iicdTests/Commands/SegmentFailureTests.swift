import Foundation
import IICInfer
import Testing

@Suite struct SegmentFailureTests {
    private let data: TestData
    private let model: String
    private let scene: String

    init() throws {
        data = try TestData()
        model = try data.model()
        scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
    }

    /// Runs and expects one line on standard error, no result and no file.
    private func expect(
        _ status: Int32, _ arguments: [String], lines: Int? = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try Program(["segment"] + arguments).wait()
        #expect(
            result.status == status, "\(arguments): \(result.errors)",
            sourceLocation: sourceLocation)
        #expect(result.errors.hasPrefix("iicd: "), sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        if let lines {
            #expect(
                result.errors.split(separator: "\n").count == lines, "\(result.errors)",
                sourceLocation: sourceLocation)
        }
        #expect(try data.maps.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `damaged inputs are reported in one line`() throws {
        let bytes = try data.bytes("a.tif")
        let weights = try data.bytes("model.safetensors")
        let output = ["-o", data("maps/m.tif")]
        try expect(66, [data("none.tif"), "-m", model] + output)
        // A folder is many scenes, whose maps no one file holds.
        try expect(64, [data(""), "-m", model] + output, lines: nil)
        try expect(66, [scene, "-m", data("none")] + output)
        for (index, part) in [Data(), Data("text".utf8), bytes.prefix(bytes.count / 2)].enumerated()
        {
            try expect(65, [data.write(part, "bad\(index).tif"), "-m", model] + output)
        }
        for (index, part) in [Data(), weights.prefix(500), weights.dropLast()].enumerated() {
            try expect(65, [scene, "-m", data.write(part, "bad\(index).st")] + output)
        }
        let few = try data.scene("few.tif", UInt8.self, width: 60, height: 50, bands: 3)
        try expect(65, [few, "-m", model] + output)
        try expect(64, [scene, "-m", model, "--bands", "1,2,3"] + output)
        try expect(64, [scene, "-m", model, "--bands", "1,2,3,5"] + output)
    }

    @Test func `a disk that is too small is reported before the work`() throws {
        let bands = ["Red", "Green", "Blue", "Undefined"].enumerated().map { index, colour in
            """
            <VRTRasterBand dataType="Byte" band="\(index + 1)">\
            <ColorInterp>\(colour)</ColorInterp></VRTRasterBand>
            """
        }
        let text =
            "<VRTDataset rasterXSize=\"20000000\" rasterYSize=\"20000000\">"
            + bands.joined() + "</VRTDataset>"
        let huge = try data.write(Data(text.utf8), "huge.vrt")
        let result = try Program.run(
            "segment", huge, "-m", model, "-o", data("maps/m.tif"), "--bands", "1,2,3,4",
            "--force")
        #expect(result.status == 73)
        #expect(result.errors.contains("MiB of disk and"), "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `a few lines that claim a world are refused, unless it is meant`() throws {
        let bands = (1...4).map { "<VRTRasterBand dataType=\"Byte\" band=\"\($0)\"/>" }
        func vrt(_ name: String, side: Int) throws -> String {
            let text =
                "<VRTDataset rasterXSize=\"\(side)\" rasterYSize=\"\(side)\">"
                + bands.joined() + "</VRTDataset>"
            return try data.write(Data(text.utf8), name)
        }
        let path = try vrt("zeros.vrt", side: 700)
        let flags = ["-m", model, "-o", data("maps/m.tif"), "--bands", "1,2,3,4"]
        try expect(65, [path] + flags)
        let refused = try Program(["segment", path] + flags).wait()
        #expect(
            refused.errors.contains("700 × 700 pixels") && refused.errors.contains("1.9 MiB")
                && refused.errors.contains("bytes") && refused.errors.contains("--force"),
            "\(refused.errors)")
        let forced = try Program(["segment", path, "--force"] + flags).wait()
        #expect(forced.status == 0, "\(forced.errors)")
    }

    @Test func `a limit on files' sizes is an error like a full disk`() throws {
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data("maps/m.tif")], fileLimit: 8
        ).wait()
        #expect(result.status == 73, "\(result.errors)")
        // After the progress.
        let last = try #require(result.errors.split(separator: "\n").last)
        #expect(last.hasPrefix("iicd: Cannot write “"), "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `a folder of outputs is made, and goes again if nothing comes into it`() throws {
        let text = try data.write(Data("text".utf8), "t.tif")
        let refused = try Program(["segment", text, "-m", model, "-o", data("new/maps/")]).wait()
        #expect(refused.status == 65)
        #expect(!FileManager.default.fileExists(atPath: data("new")))
        let made = try Program(
            ["segment", scene, "-m", model, "-o", data("new/maps/"), "--preview", data("png/")]
        ).wait()
        #expect(made.status == 0, "\(made.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: data("new/maps"))
        #expect(names.sorted() == ["a.tif", "a.tif.aux.xml"])
        #expect(FileManager.default.fileExists(atPath: data("png/a.png")))
    }

    @Test func `what cannot be written is reported before the work`() throws {
        for output in ["none/m.tif", "a.tif/", "a.tif/m.tif"] {
            try expect(73, [scene, "-m", model, "-o", data(output)])
        }
        try expect(73, [scene, "-m", model, "-o", "/dev/null"])
        try expect(
            73, [scene, "-m", model, "-o", data("maps/m.tif"), "--preview", data("none/m.png")])
        try expect(
            73, [scene, "-m", model, "-o", data("maps/m.tif"), "--overclusters", data("none/m")])
    }

    @Test func `an input is never replaced`() throws {
        let before = try data.bytes("a.tif")
        try FileManager.default.createSymbolicLink(
            atPath: data("link.tif"), withDestinationPath: scene)
        try FileManager.default.linkItem(atPath: scene, toPath: data("hard.tif"))
        for name in ["a.tif", "", "link.tif", "hard.tif", "maps/../a.tif"] {
            try expect(64, [scene, "-m", model, "-o", data(name)], lines: nil)
        }
        try expect(64, [scene, "-m", model, "-o", model], lines: nil)
        try expect(
            64, [scene, "-m", model, "-o", data("maps/m.tif"), "--preview", scene], lines: nil)
        #expect(try data.bytes("a.tif") == before)
    }

    @Test func `outputs of one name are refused before the work`() throws {
        for flag in ["--preview", "--overclusters"] {
            for name in ["maps/a.tif", "maps/a.tif.aux.xml", "maps/../maps/a.tif"] {
                try expect(64, [scene, "-m", model, "-o", data("maps/"), flag, data(name)])
            }
        }
        // A map that would replace another scene of the same call.
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: false)
        let other = try data.scene("in/b.tif", UInt8.self, width: 60, height: 50)
        let named = try data.scene("b.tif", UInt8.self, width: 60, height: 50)
        let before = try data.bytes("b.tif")
        try expect(64, [other, named, scene, "-m", model, "-o", data("")])
        #expect(try data.bytes("b.tif") == before)
    }

    @Test func `memory is judged for all that is asked for, before anything is read`() throws {
        func run(_ memory: String, _ flags: [String]) throws -> Program.Result {
            try Program(
                [
                    "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--threads", "1",
                    "--memory", memory, "--scaling", "scene",
                ] + flags
            ).wait()
        }
        func least(_ flags: [String]) throws -> Int {
            let refused = try run("40MiB", flags)
            #expect(refused.status == 64)
            // Not even a progress line stands before it.
            #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            let text = refused.errors.firstMatch(of: /--memory ([0-9]+)MiB/)?.output.1 ?? ""
            return try #require(Int(text))
        }
        let picture = ["--preview", data("maps/m.png")]
        let alone = try least([])
        let all = try least(picture)
        #expect(all > alone)
        #expect(try run("\(alone)MiB", picture).status == 64)
        #expect(try data.maps.isEmpty)
        #expect(try run("\(all)MiB", picture).status == 0)
    }

    @Test(arguments: [
        ["--memory", "lots"], ["--memory", "-1"], ["--memory", "40MiB"], ["--threads", "0"],
        ["--bands", "1,x"], ["--bbox", "1,2,3"], ["--bbox", "5,5,5,9"], ["--bbox", "-1,0,5,5"],
        ["--bbox", "900,0,950,10"], ["--geometry", "flat"], ["--scaling", "tile"], ["extra.tif"],
        ["--preview", "MAP"],
    ])
    func `a wrong call ends with 64`(flags: [String]) throws {
        let map = data("maps/m.tif")
        let flags = flags.map { $0 == "MAP" ? map : $0 }
        try expect(64, [scene, "-m", model, "-o", map] + flags, lines: nil)
    }

    @Test(arguments: ["-5", "10,10,5,20", "1,2,3", "0,0,9,x", "-1,0,5,5"])
    func `bounds that cannot be are reported with what is needed`(bounds: String) throws {
        let result = try Program([
            "segment", scene, "-m", model, "-o", data("maps/m.tif"), "--bbox", bounds,
        ]).wait()
        #expect(result.status == 64)
        #expect(
            result.errors.contains("'\(bounds)' is invalid")
                && result.errors.contains("four numbers such as 1000,0,2000,800 are needed"),
            "\(result.errors)")
    }

    @Test func `scenes whose maps would share a name are refused`() throws {
        try expect(64, [scene, scene, "-m", model, "-o", data("maps/")])
    }
}
