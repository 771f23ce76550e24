import Foundation
import IICInfer
import Testing

/// Files whose names are no UTF-8, equal in Swift and not on the disk, or meant for a terminal.
@Suite struct ByteNameTests {
    let data: TestData
    private let model: String
    /// In Latin-1, with a byte that no text of UTF-8 has.
    static let odd = [0x44, 0xFC, 0x6E, 0x65, 0x20, 0xFF] + Array(".tif".utf8)
    static let shown = #"D\xFCne \xFF.tif"#
    /// Makes it of `a.tif`.
    static let move = #"mv a.tif "$(printf 'D\374ne \377.tif')""#

    init() throws {
        data = try TestData()
        model = try data.model()
        try OutputFolder.make(data("in"))
    }

    /// A path in the folder of the data.
    func path(_ folder: String, _ name: [UInt8]) -> String {
        data(folder + String(pathBytes: name))
    }

    /// Runs a shell in the folder of the data: its words are bytes, whatever the code under test does.
    func shell(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "set -e; " + script]
        process.currentDirectoryURL = URL(filePath: data.path)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(script)")
    }

    func names(_ folder: String) throws -> [[UInt8]] {
        try FolderListing.names(in: data(folder)).map(\.bytes)
    }

    private func objects(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    @Test func `a scene of any name becomes maps of any name`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        let plain = try Program.run("segment", scene, "-m", model, "-o", data("plain.tif"))
        #expect(plain.status == 0, "\(plain.errors)")
        try shell(Self.move)
        let map = [0xE9] + Array(".tif".utf8)
        let result = try Program.run(
            "segment", path("", Self.odd), "-m", model, "-o", path("maps/", map), "--overclusters",
            path("maps/", [0xEA]), "--preview", path("maps/", [0xEB]), "--json")
        #expect(result.status == 0, "\(result.errors)")
        let table = Array(".aux.xml".utf8)
        let written: [[UInt8]] = [map, map + table, [0xEA], [0xEA] + table, [0xEB]]
        #expect(try names("maps") == written)
        try shell(#"cmp plain.tif "$(printf 'maps/\351.tif')""#)
        let lines = try objects(result.output)
        #expect(lines.map { $0["scene"]?.string } == [data(Self.shown), data(Self.shown)])
        #expect(lines.map { $0["map"]?.string } == [data(#"maps/\xE9.tif"#), data(#"maps/\xEA"#)])
        let progress = try objects(result.errors)
        #expect(!progress.isEmpty && progress.allSatisfy { $0["task"]?.string == Self.shown })
    }

    @Test func `several scenes go to a folder of any name`() throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try shell(
            #"""
            cp a.tif "$(printf 'D\303\274ne.tif')"; cp a.tif "$(printf 'Du\314\210ne.tif')"
            \#(Self.move); mkdir "$(printf 'maps/\376')"
            """#)
        let scenes = [Array("D\u{FC}ne.tif".utf8), Array("Du\u{308}ne.tif".utf8), Self.odd]
        let result = try Program(
            ["segment"] + scenes.map { path("", $0) } + ["-m", model, "-o", path("maps/", [0xFE])]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let maps = try FolderListing.names(in: path("maps/", [0xFE])).map(\.bytes)
        #expect(maps.count == 6 && Set(scenes).isSubset(of: maps))
        #expect(result.output.contains(data(#"maps/\xFE/\#(Self.shown)  60 × 50 pixels"#)))
    }

    @Test func `what lies beside a scene, or makes it up, is found by its bytes`() throws {
        let plain = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        let bare = try SceneHash.sha256(scene: plain)
        try data.mask("a.tif.msk", width: 230, height: 210)
        let masked = try SceneHash.sha256(scene: plain)
        try shell(
            #"""
            cp a.tif "$(printf 'in/D\374.tif')"; cp a.tif.msk "$(printf 'in/D\374.tif.msk')"
            """#)
        let name = [0x44, 0xFC] + Array(".tif".utf8)
        #expect(try SceneHash.sha256(scene: path("in/", name)) == masked && masked != bare)
        let vrt = try data.vrt("in/v.vrt", of: String(pathBytes: name), width: 230, height: 210)
        let whole = try SceneHash.sha256(scene: vrt)
        for (scene, map) in [(plain, "maps/a.tif"), (vrt, "maps/v.tif")] {
            let result = try Program.run("segment", scene, "-m", model, "-o", data(map))
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try data.labels("maps/v.tif").labels.count == 230 * 210)
        try shell(#"rm "$(printf 'in/D\374.tif.msk')""#)
        #expect(try SceneHash.sha256(scene: vrt) != whole)
        try shell(#"rm "$(printf 'in/D\374.tif')""#)
        let result = try Program.run("segment", vrt, "-m", model, "-o", data("maps/n.tif"))
        #expect(result.status == 66)
        #expect(result.errors.contains("There is no file “\(data(#"in/D\xFC.tif"#))”"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `a watched folder's scenes are mapped, whatever they are called`() throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try shell(
            #"""
            cp a.tif "$(printf 'in/D\303\274ne.tif')"; cp a.tif "$(printf 'in/Du\314\210ne.tif')"
            mv a.tif "$(printf 'in/D\374ne \377.tif')"
            """#)
        let scenes = try names("in")
        let arguments = ["watch", data("in"), "-m", model, "-o", data("maps"), "--once"]
        for words in ["“\(Self.shown)”", "maps already: 3"] {
            let result = try Program(arguments + ["--settle", "0", "--interval", "50ms"]).wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        let maps = try names("maps")
        #expect(maps.count == 7 && scenes.count == 3 && Set(scenes).isSubset(of: maps))
    }

    @Test func `what is said of a file shows its name in one line`() throws {
        let name = data("a\n\u{1B}[31m\"”\u{202E}.tif")
        let shown = data(#"a\x0A\x1B[31m"”\xE2\x80\xAE.tif"#)
        for arguments in [
            ["inspect", name], ["segment", name, "-m", model, "-o", data("maps/m.tif")],
            ["segment", model, "-m", name, "-o", data("maps/m.tif")],
            ["evaluate", "--labels", name, "--truth", name], ["train", name, "-o", data("maps/m")],
            ["watch", name, "-m", model, "-o", data("maps")],
            ["adapt", name, name, "-o", data("maps/m")],
        ] {
            let result = try Program(arguments).wait()
            #expect(result.status == 66, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("iicd: ") && result.errors.contains("“\(shown)"))
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        // A wrong call, which the parser reports.
        let wrong = try Program.run("segment", name, name, "-m", model, "-o", name)
        #expect(wrong.status == 64)
        #expect(wrong.errors.hasPrefix("iicd: “\(shown)” is no folder"), "\(wrong.errors)")
        #expect(!wrong.errors.contains("\u{1B}"))
        #expect(try data.maps.isEmpty)
    }

    @Test func `GDAL's own words on a file show its name too`() throws {
        try data.write(Data("text".utf8), "a.tif")
        try shell(#"mv a.tif "$(printf 'D\374.png')""#)
        let result = try Program.run("inspect", path("", [0x44, 0xFC] + Array(".png".utf8)))
        #expect(result.status == 65)
        #expect(
            result.errors.components(separatedBy: #"D\xFC.png"#).count == 3, "\(result.errors)")
    }

    @Test func `settings from outside name files by bytes too`() throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try shell(Self.move)
        let map = [0xE9] + Array(".tif".utf8)
        let variable = try Program(
            ["segment", path("", Self.odd), "-m", model],
            environment: ["IICD_OUTPUT": path("maps/", map)]
        ).wait()
        #expect(variable.status == 0, "\(variable.errors)")
        #expect(try names("maps").first == map)
        let text = "output: \"\(data("maps"))/\\x01\\n.tif\"\n"
        let config = try data.write(Data(text.utf8), "settings.yml")
        let file = try Program.run(
            "segment", path("", Self.odd), "-m", model, "--config", config)
        #expect(file.status == 0, "\(file.errors)")
        #expect(file.output.hasPrefix(data(#"maps/\x01\x0A.tif  60 × 50 pixels"#)))
        #expect(try names("maps").first == [0x01, 0x0A] + Array(".tif".utf8))
    }
}
