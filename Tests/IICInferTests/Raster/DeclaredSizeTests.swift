import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct DeclaredSizeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ path: String) throws -> DeclaredSizeError? {
        let scene = try SceneReader(path: path, roles: rgbInfrared, bands: [1, 2, 3, 4])
        do {
            try DeclaredSize.check(scene)
            return nil
        } catch let error as DeclaredSizeError {
            return error
        }
    }

    /// A sparse file of which one block holds data.
    private func sparse(_ name: String, side: Int, _ options: String...) throws -> String {
        let part = try folder.scene("part.tif", width: 256, height: 256) {
            max(1, noise($0, $1, $2))
        }
        let size = "\(side)"
        _ = try output(
            of: "gdal_translate",
            ["-q", "-of", "VRT", "-srcwin", "0", "0", size, size] + options
                + [part, folder("wide.vrt")])
        _ = try output(
            of: "gdal_translate",
            [
                "-q", "-co", "SPARSE_OK=TRUE", "-co", "TILED=YES", "-co", "COMPRESS=DEFLATE",
                folder("wide.vrt"), folder(name),
            ])
        return folder(name)
    }

    private func vrt(_ name: String, side: Int, source: String = "", nodata: String = "") throws
        -> String
    {
        let bands = (1...4).map {
            "<VRTRasterBand dataType=\"Byte\" band=\"\($0)\">\(nodata)\(source)</VRTRasterBand>"
        }
        let text =
            "<VRTDataset rasterXSize=\"\(side)\" rasterYSize=\"\(side)\">" + bands.joined()
            + "</VRTDataset>"
        return try folder.write(Array(text.utf8), to: name)
    }

    private func source(_ path: String, side: Int, drawn: Int) -> String {
        """
        <SimpleSource><SourceFilename>\(path)</SourceFilename><SourceBand>1</SourceBand>\
        <SrcRect xOff="0" yOff="0" xSize="\(side)" ySize="\(side)"/>\
        <DstRect xOff="0" yOff="0" xSize="\(drawn)" ySize="\(drawn)"/></SimpleSource>
        """
    }

    @Test func `zeros that nobody stored are refused beyond 1,000 times the file`() throws {
        let path = try sparse("zeros.tif", side: 20_000)
        let error = try #require(try error(path))
        #expect(error.exitStatus == .badInput)
        #expect(error.declared == 1.6e9)
        #expect(try error.present == Double(folder.bytes(of: "zeros.tif").count))
        #expect(
            error.description.contains("1.5 GiB") && error.description.contains("KiB")
                && error.description.contains("--force"), "\(error)")
    }

    @Test func `missing blocks that are no data are fine`() throws {
        #expect(try error(sparse("nodata.tif", side: 20_000, "-a_nodata", "0")) == nil)
        let mask = try folder.translate(
            sparse("zeros.tif", side: 9000), "masked.tif", "-mask", "1", "-co", "SPARSE_OK=TRUE",
            "-co", "TILED=YES", "--config", "GDAL_TIFF_INTERNAL_MASK", "YES")
        #expect(try error(mask) == nil)
    }

    @Test(arguments: ["DEFLATE", "LZW", "ZSTD", "LERC", "WEBP", "PACKBITS"])
    func `constant scenes are fine, however well they are compressed`(codec: String) throws {
        let formats = try output(of: "gdalinfo", ["--format", "GTiff"])
        guard formats.contains("<Value>\(codec)</Value>") else { return }
        let part = try folder.scene("part.tif", width: 16, height: 16) { _, _, _ in UInt8(50) }
        let path = try folder.translate(
            part, "constant.tif", "-outsize", "3000", "3000", "-co", "TILED=YES", "-co",
            "COMPRESS=\(codec)", "-co", "BLOCKXSIZE=512", "-co", "BLOCKYSIZE=512", "-co",
            "WEBP_LOSSLESS=YES")
        let size = try folder.bytes(of: "constant.tif").count
        #expect(try error(path) == nil, "\(size) bytes")
    }

    @Test func `blocks that all lie in the same place are refused`() throws {
        let plain = try folder.scene("a.tif", width: 300, height: 300) { noise($0, $1, $2) }
        #expect(!TIFFCheck.sharesBlocks(plain))
        let path = try folder.write(stripsInOnePlace(side: 4000), to: "b.tif")
        #expect(TIFFCheck.sharesBlocks(path))
        #expect(try error(path) != nil)
    }

    /// A TIFF of four bytes a pixel, not compressed, whose strips of one row are all the first.
    private func stripsInOnePlace(side: Int) -> [UInt8] {
        func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let count = 10
        let bits = 8 + 2 + 12 * count + 4
        let (offsets, counts) = (bits + 8, bits + 8 + 4 * side)
        let row = counts + 4 * side
        let entries: [(tag: UInt16, type: UInt16, count: Int, value: Int)] = [
            (256, 4, 1, side), (257, 4, 1, side), (258, 3, 4, bits), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, side, offsets), (277, 3, 1, 4), (278, 4, 1, 1),
            (279, 4, side, counts), (284, 3, 1, 1),
        ]
        var bytes = Array("II".utf8) + little(UInt16(42)) + little(UInt32(8))
        bytes += little(UInt16(count))
        for entry in entries {
            bytes += little(entry.tag) + little(entry.type)
            bytes += little(UInt32(entry.count)) + little(UInt32(entry.value))
        }
        bytes += little(UInt32(0))
        for _ in 0..<4 { bytes += little(UInt16(8)) }
        for _ in 0..<side { bytes += little(UInt32(row)) }
        for _ in 0..<side { bytes += little(UInt32(4 * side)) }
        return bytes + [UInt8](repeating: 9, count: 4 * side)
    }

    @Test func `a few lines of a VRT cannot claim a world`() throws {
        #expect(try error(vrt("nothing.vrt", side: 2_000_000)) != nil)
        let part = try folder.scene("part.tif", width: 64, height: 64) { noise($0, $1, $2) }
        let drawn = source(part, side: 64, drawn: 500_000)
        #expect(try error(vrt("drawn.vrt", side: 500_000, source: drawn)) != nil)
        let small = source(part, side: 64, drawn: 640)
        #expect(try error(vrt("small.vrt", side: 640, source: small)) == nil)
    }

    @Test func `a VRT of sparse scenes is what they are`() throws {
        let nodata = "<NoDataValue>0</NoDataValue>"
        let part = try sparse("part-sparse.tif", side: 20_000, "-a_nodata", "0")
        let whole = source(part, side: 20_000, drawn: 20_000)
        #expect(
            try error(vrt("whole.vrt", side: 20_000, source: whole, nodata: nodata)) == nil)
        // Far from its part a mosaic holds nothing, which is no data.
        let corner = source(part, side: 256, drawn: 256)
        #expect(
            try error(vrt("wide.vrt", side: 300_000, source: corner, nodata: nodata)) == nil)
        #expect(try error(vrt("zeros.vrt", side: 300_000, source: corner)) != nil)
    }
}
