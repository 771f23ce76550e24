import Foundation
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
            part, "constant.tif", "-outsize", "8000", "8000", "-co", "TILED=YES", "-co",
            "COMPRESS=\(codec)", "-co", "BLOCKXSIZE=512", "-co", "BLOCKYSIZE=512", "-co",
            "WEBP_LOSSLESS=YES")
        #expect(try error(path) == nil, "\(try folder.bytes(of: "constant.tif").count) bytes")
    }

    @Test func `blocks that all lie in the same place are refused`() throws {
        let path = try folder.scene("a.tif", width: 256 * 30, height: 256 * 30) { _, _, _ in
            UInt8(9)
        }
        #expect(try error(path) == nil && !TIFFCheck.sharesBlocks(path))
        var bytes = try folder.bytes(of: "a.tif")
        try shareBlocks(&bytes)
        try folder.write(bytes, to: "b.tif")
        #expect(TIFFCheck.sharesBlocks(folder("b.tif")))
        #expect(try error(folder("b.tif")) != nil)
    }

    /// Makes all blocks the first one, and cuts off the others; a classic little-endian TIFF whose
    /// tables come before its blocks.
    private func shareBlocks(_ bytes: inout [UInt8]) throws {
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        try #require(number(0, 2) == 0x4949 && number(2, 2) == 42)
        let directory = number(4, 4)
        var tables: [Int: (at: Int, count: Int, width: Int)] = [:]
        for entry in 0..<number(directory, 2) {
            let at = directory + 2 + 12 * entry
            let width = number(at + 2, 2) == 3 ? 2 : 4
            tables[number(at, 2)] = (number(at + 8, 4), number(at + 4, 4), width)
        }
        let offsets = try #require(tables[324])
        let counts = try #require(tables[325])
        for (at, count, width) in [offsets, counts] {
            for block in 1..<count {
                for byte in 0..<width { bytes[at + block * width + byte] = bytes[at + byte] }
            }
        }
        let end = number(offsets.at, offsets.width) + number(counts.at, counts.width)
        let tablesEnd = [offsets, counts].map { $0.at + $0.count * $0.width }.max() ?? 0
        bytes = Array(bytes.prefix(max(end, tablesEnd, directory + 2 + 12 * 40)))
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
