import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct BadSceneTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func status(_ path: String, roles: [BandRole] = rgbInfrared, bands: [Int]? = nil)
        -> (IICInfer.ExitStatus?, String)
    {
        do {
            _ = try SceneReader(path: path, roles: roles, bands: bands).pixels()
            return (nil, "")
        } catch let error as any UserError {
            return (error.exitStatus, error.description)
        } catch {
            return (.failed, "\(error)")
        }
    }

    @Test func `what is no file has exit code 66, what is no scene 65`() throws {
        #expect(status(folder("none.tif")).0 == .noInput)
        #expect(status(folder.path).0 == .noInput)
        #expect(status("/dev/zero").0 == .noInput)
        #expect(status("").0 == .noInput)
        #expect(status(try folder.write([], to: "empty.tif")).0 == .badInput)
        #expect(status(try folder.write([], to: "empty")).0 == .badInput)
        let text = status(try folder.write(Array("hello, this is text\n".utf8), to: "text.tif"))
        #expect(text.0 == .badInput)
        #expect(text.1.contains("not a TIFF file"))
        #expect(status(try folder.write(Array("hello\n".utf8), to: "text.txt")).0 == .badInput)
    }

    @Test func `a VRT without its part is no damaged scene`() throws {
        let path = try folder.scene("a.tif", width: 40, height: 30) { noise($0, $1, $2) }
        let outer = try folder.translate(
            try folder.translate(path, "a.vrt", "-of", "VRT"), "b.vrt", "-of", "VRT")
        #expect(status(outer).0 == nil)
        try FileManager.default.removeItem(atPath: path)
        let (code, text) = status(outer)
        #expect(code == .noInput && text == "There is no file “\(path)”.", "\(text)")
    }

    @Test func `a scene cut off anywhere is truncated`() throws {
        let path = try folder.scene("a.tif", width: 300, height: 300) { noise($0, $1, $2) }
        let bytes = try folder.bytes(of: "a.tif")
        for cut in [3, 7, 8, 9, 200, 1000, bytes.count / 2, bytes.count - 1] {
            let name = try folder.write(Array(bytes.prefix(cut)), to: "cut.tif")
            #expect(throws: TIFFCheckError.self, "\(cut)") { try TIFFCheck.check(name) }
            #expect(status(name).0 == .badInput)
        }
        let cut = try folder.write(Array(bytes.dropLast()), to: "cut.tif")
        #expect(
            throws: TIFFCheckError.truncated(
                path: cut, expected: bytes.count, actual: bytes.count - 1)
        ) { try TIFFCheck.check(cut) }
        try TIFFCheck.check(path)
    }

    /// Noise would be stored as it is, where zlib's checksum, which libtiff leaves out, alone tells.
    @Test func `a flipped byte in compressed data names the window`() throws {
        try folder.scene("a.tif", width: 300, height: 300) { noise($0, $1, $2) & 7 }
        var bytes = try folder.bytes(of: "a.tif")
        let middle = bytes.count / 2
        for index in middle..<middle + 64 { bytes[index] ^= 0xFF }
        let (code, text) = status(try folder.write(bytes, to: "b.tif"))
        #expect(code == .badInput)
        #expect(text.contains("b.tif") && text.contains("300 × 300"))
    }

    /// Every byte of the header and directory set to other values: any error, but no crash.
    @Test func `no hostile header crashes`() throws {
        try folder.scene("a.tif", width: 20, height: 20) { noise($0, $1, $2) }
        let bytes = try folder.bytes(of: "a.tif")
        for index in 0..<min(bytes.count, 400) {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] where bytes[index] != value {
                var changed = bytes
                changed[index] = value
                let name = try folder.write(changed, to: "b.tif")
                _ = try? SceneReader(path: name, roles: rgbInfrared)
            }
        }
    }

    @Test(arguments: [UInt32(1) << 31 - 1, 1 << 31, .max])
    func `absurd dimensions are refused at once`(side: UInt32) throws {
        // A header and one directory: width, height, bits, compression, photometric, one strip.
        let entries: [(UInt16, UInt16, UInt32)] = [
            (256, 4, side), (257, 4, side), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8),
            (277, 3, 1), (278, 4, 1), (279, 4, 100),
        ]
        func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        var bytes = Array("II".utf8) + little(UInt16(42)) + little(UInt32(8))
        bytes += little(UInt16(entries.count))
        for (tag, type, value) in entries {
            bytes += little(tag) + little(type) + little(UInt32(1)) + little(value)
        }
        bytes += little(UInt32(0))
        bytes += [UInt8](repeating: 0, count: 100)
        let (code, _) = status(try folder.write(bytes, to: "huge.tif"))
        #expect(code == .badInput)
    }

    @Test func `types and bands that do not fit are refused with the reason`() throws {
        let path = try folder.scene("a.tif", width: 4, height: 4) { noise($0, $1, $2) }
        for type in ["Float64", "UInt32", "CFloat32"] {
            let other = try folder.translate(path, "\(type).tif", "-ot", type)
            let (code, text) = status(other)
            #expect(code == .badInput)
            #expect(text.contains(type.lowercased()) && text.contains("gdal_translate -ot Float32"))
        }
        let rgb = try folder.translate(path, "rgb.tif", "-b", "1", "-b", "2", "-b", "3")
        #expect(status(rgb).1.contains("it has 3 bands, but the model needs 4"))
        #expect(status(path, bands: [1, 2, 3, 5]).1.contains("--bands names band 5"))
        #expect(status(path, bands: [1, 2, 3]).1.contains("--bands names 3"))
        #expect(status(path, bands: [0, 1, 2, 3]).0 == .usage)
    }

    @Test func `a copy under way is left alone until it is whole`() throws {
        let path = try folder.scene("a.tif", width: 600, height: 600) { noise($0, $1, $2) }
        let bytes = try folder.bytes(of: "a.tif")
        for part in 1..<10 {
            let name = try folder.write(Array(bytes.prefix(bytes.count * part / 10)), to: "b.tif")
            let error = #expect(throws: TIFFCheckError.self) { try TIFFCheck.check(name) }
            if case .truncated = error {} else { Issue.record("\(part): \(error as Any)") }
        }
        try TIFFCheck.check(path)
    }
}
