import Foundation
import IICInfer
import Testing

@Suite struct WatchTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
    }

    private func start(_ flags: String...) throws -> Program {
        let program = try Program(
            ["watch", data("in"), "-m", model, "-o", data("maps"), "--interval", "50ms"] + flags)
        while !program.errors.contains("Watching") && !program.hasEnded { usleep(10_000) }
        return program
    }

    private func wait(_ program: Program, until condition: () throws -> Bool) rethrows {
        // Bounded: the time limit of a test does not end what it waits for.
        for _ in 0..<3000 where try !condition() && !program.hasEnded { usleep(10_000) }
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: data(name))
    }

    @Test(.timeLimit(.minutes(4)))
    func `scenes that arrive are mapped as segment maps them, whole ones only`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 250)
        let bytes = try data.bytes("a.tif")
        let single = try Program.run("segment", scene, "-m", model, "-o", data("single.tif"))
        #expect(single.status == 0)
        let program = try start("--settle", "300ms")
        try data.write(bytes, "in/whole.tif")
        try data.write(Data("text".utf8), "in/text.tif")
        // The first half is quiet for longer than a scene must be, and still no scene.
        try data.write(bytes.prefix(bytes.count / 2), "in/halves.tif")
        wait(program) { exists("maps/whole.tif") }
        usleep(800_000)
        #expect(!exists("maps/halves.tif") && !program.hasEnded)
        let file = try FileHandle(forUpdating: URL(filePath: data("in/halves.tif")))
        try file.seekToEnd()
        try file.write(contentsOf: bytes.dropFirst(bytes.count / 2))
        try file.close()
        wait(program) { exists("maps/halves.tif") }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0, "\(result.errors)")
        let map = try data.bytes("single.tif")
        #expect(try data.bytes("maps/whole.tif") == map && data.bytes("maps/halves.tif") == map)
        #expect(
            try data.maps == [
                "halves.tif", "halves.tif.aux.xml", "whole.tif", "whole.tif.aux.xml",
            ])
    }

    @Test(.timeLimit(.minutes(4)))
    func `SIGTERM in the middle of a scene leaves nothing, and no map is made twice`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        let large = try data.largeScene("in/large.tif", side: 8000)
        let program = try start("--settle", "0")
        wait(program) { exists("maps/a.tif") && program.errors.contains("Segmenting “large") }
        usleep(300_000)
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.maps == ["a.tif", "a.tif.aux.xml"])
        try FileManager.default.removeItem(atPath: large)
        let again = try start("--settle", "0", "--once").wait()
        #expect(again.status == 0 && !again.errors.contains("Segmenting “a.tif”"))
        // Another geometry is another map.
        let other = try start("--settle", "0", "--once", "--geometry", "paper").wait()
        #expect(other.status == 0 && other.errors.contains("Mapped “a.tif”"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `a map without its table is made again`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        #expect(try start("--settle", "0", "--once").wait().status == 0)
        let before = try data.bytes("maps/a.tif.aux.xml")
        try FileManager.default.removeItem(atPath: data("maps/a.tif.aux.xml"))
        let again = try start("--settle", "0", "--once").wait()
        #expect(again.status == 0 && again.errors.contains("Mapped “a.tif”"))
        #expect(try data.bytes("maps/a.tif.aux.xml") == before)
    }

    @Test(.timeLimit(.minutes(4)))
    func `a signal ends --once with 130 if scenes are left`() throws {
        _ = try data.largeScene("in/large.tif", side: 8000)
        let program = try start("--settle", "0", "--once")
        wait(program) { program.errors.contains("Segmenting “large") }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 130, "\(result.errors)")
        #expect(try data.maps.isEmpty)
        // One that has not even begun.
        let early = try start("--settle", "1h", "--once")
        usleep(300_000)
        early.send(SIGTERM)
        #expect(try early.wait().status == 130)
    }

    /// The part may be absent, which is waited for, or there in half, which is a verdict until it
    /// changes. The VRT itself does not change any more.
    @Test(.timeLimit(.minutes(4)), arguments: [0, 2])
    func `a VRT waits for a part that arrives after it`(piece: Int) throws {
        try data.scene("in/part.tif", UInt8.self, width: 230, height: 250)
        let part = try data.bytes("in/part.tif")
        try data.vrt("in/a.vrt", of: "part.tif", width: 230, height: 250)
        try FileManager.default.removeItem(atPath: data("in/part.tif"))
        // Not a scene's name, so that what is said is said of the VRT.
        let scene = String(decoding: try data.bytes("in/a.vrt"), as: UTF8.self)
        try data.write(
            Data(scene.replacing("part.tif", with: "part.dat").utf8), "in/a.vrt")
        if piece > 0 { try data.write(part.prefix(part.count / piece), "in/part.dat") }
        let segment = try Program.run(
            "segment", data("in/a.vrt"), "-m", model, "-o", data("single.tif"))
        #expect(segment.status == (piece == 0 ? 66 : 65), "\(segment.errors)")
        let program = try start("--settle", "0", "--trust-vrt")
        wait(program) {
            program.errors.contains("“\(data("in/part.dat"))”")
                && program.errors.contains("is tried again in") == (piece == 0)
        }
        try data.write(part, "in/part.dat")
        wait(program) { program.errors.contains("Mapped “a.vrt”") }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0 && exists("maps/a.vrt.tif"), "\(result.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `a mask that arrives after its scene's map has it mapped again`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        try data.mask("a.tif.msk", width: 230, height: 250)
        let program = try start("--settle", "200ms")
        wait(program) { program.errors.contains("Mapped “a.tif”") }
        try data.write(data.bytes("a.tif.msk"), "in/a.tif.msk")
        wait(program) { program.errors.components(separatedBy: "Mapped “a.tif”").count == 3 }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(
            result.errors.components(separatedBy: "Mapped “a.tif”").count == 3, "\(result.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `naming a class does not map an archive again`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        #expect(try start("--settle", "0", "--once").wait().status == 0)
        var named = try ModelBundle(reading: model)
        named.legend.entries[0] = .init(name: "Water", colour: [1, 2, 3])
        try named.write(to: model)
        let again = try start("--settle", "0", "--once").wait()
        #expect(again.status == 0 && !again.errors.contains("Segmenting “a.tif”"))
        named.weights[.convolution(0)][0] += 0.1
        try named.write(to: model)
        let other = try start("--settle", "0", "--once").wait()
        #expect(other.status == 0 && other.errors.contains("Mapped “a.tif”"))
    }

    @Test(.timeLimit(.minutes(4)))
    func `a daemon with nothing to do leaves the processor alone`() throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        let program = try start("--settle", "0")
        wait(program) { exists("maps/a.tif") && program.errors.contains("Mapped “a.tif”") }
        usleep(300_000)
        let before = try program.processorSeconds
        usleep(2_000_000)
        // 40 scans; at the most half of a core would be far too much.
        #expect(try program.processorSeconds - before < 0.5)
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
    }

    @Test(.timeLimit(.minutes(4)))
    func `of a killed daemon and its worker nothing stays`() throws {
        _ = try data.largeScene("in/large.tif", side: 8000)
        let program = try start("--settle", "0")
        // An empty one only shows that the folder can be written, and goes at once.
        try wait(program) {
            try data.maps.contains { name in
                guard name.hasPrefix(".iicd-") else { return false }
                return (try? data.bytes("maps/\(name)").isEmpty) == false
            }
        }
        program.send(SIGKILL)
        #expect(try program.wait().status == 137)
        try FileManager.default.removeItem(atPath: data("in/large.tif"))
        #expect(try start("--settle", "0", "--once").wait().status == 0)
        #expect(try data.maps.isEmpty)
    }

    /// Under `nohup` a closed terminal is no word to read anything again.
    @Test(.timeLimit(.minutes(4)), arguments: [false, true])
    func `SIGHUP has settings and model read again`(isIgnored: Bool) throws {
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 250)
        let settings = try data.write(Data("geometry: seamless".utf8), "settings.yaml")
        let program = try Program(
            [
                "watch", data("in"), "-m", model, "-o", data("maps"), "--settle", "0", "--config",
                settings,
            ], ignoresHangUp: isIgnored)
        func count(_ text: String) -> Int {
            program.errors.components(separatedBy: text).count - 1
        }
        wait(program) { count("Mapped “a.tif”") == 1 }
        let first = try data.bytes("maps/a.tif")
        // Bad settings are refused, and what was stays.
        try data.write(Data("geometry: round".utf8), "settings.yaml")
        program.send(SIGHUP)
        if !isIgnored { wait(program) { count("stay in use") == 1 } } else { usleep(500_000) }
        #expect(!program.hasEnded && count("stay in use") == (isIgnored ? 0 : 1))
        try data.write(Data("geometry: paper".utf8), "settings.yaml")
        program.send(SIGHUP)
        if !isIgnored { wait(program) { count("Mapped “a.tif”") == 2 } } else { usleep(500_000) }
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0 && result.errors.contains("Stopped."), "\(result.errors)")
        #expect(count("Mapped “a.tif”") == (isIgnored ? 1 : 2), "\(result.errors)")
        #expect(try (data.bytes("maps/a.tif") == first) == isIgnored)
    }

    /// In Swift these two names are equal strings; on the disk they are two files.
    @Test(.timeLimit(.minutes(4)))
    func `names that differ in bytes alone are two scenes`() throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let bytes = try data.bytes("a.tif")
        for name in ["caf\u{E9}.tif", "cafe\u{301}.tif"] { try data.write(bytes, "in/\(name)") }
        let result = try start("--settle", "0", "--once").wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("has the content of"), "\(result.errors)")
        #expect(try data.maps.count { $0.hasSuffix(".tif") } == 2)
    }

    @Test(.timeLimit(.minutes(4)))
    func `a VRT of 3 GiB is refused by its size`() throws {
        try data.write(Data("<VRTDataset rasterXSize=\"4\" rasterYSize=\"4\">".utf8), "in/a.vrt")
        #expect(unsafe truncate(data("in/a.vrt"), 3 << 30) == 0)
        let program = try start("--settle", "0", "--trust-vrt")
        var peak = 0
        for _ in 0..<300 where !program.hasEnded {
            peak = max(peak, program.peakBytes ?? 0)
            usleep(10_000)
        }
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
        #expect(peak > 0 && peak < 1 << 30, "\(peak >> 20) MiB")
    }
}
