import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct SparseSceneTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A scene with data in one corner and zeros elsewhere, whose blocks of zeros are missing.
    private func sparse(_ options: String...) throws -> (sparse: String, dense: String) {
        let dense = try folder.scene("dense.tif", width: 300, height: 260) { x, y, band in
            x < 90 && y < 70 ? max(1, noise(x, y, band)) : 0
        }
        let layout = ["-co", "TILED=YES", "-co", "BLOCKXSIZE=64", "-co", "BLOCKYSIZE=64"]
        func translate(_ name: String, _ more: [String]) throws -> String {
            _ = try output(
                of: "gdal_translate", ["-q"] + layout + more + options + [dense, folder(name)])
            return folder(name)
        }
        return try (
            translate("sparse.tif", ["-co", "SPARSE_OK=TRUE"]), translate("full.tif", [])
        )
    }

    private func read(
        _ scene: SceneReader, _ window: PixelWindow
    ) throws -> (hasData: Bool, values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: 7, count: window.count * 4)
        var valid = [UInt8](repeating: 7, count: window.count)
        let hasData: Bool
        do {
            var valueSpan = values.mutableSpan
            var validSpan = valid.mutableSpan
            hasData = try scene.read(window, into: &valueSpan, valid: &validSpan)
        }
        return (hasData, values, valid)
    }

    private static let windows = [
        PixelWindow(x: 0, y: 0, width: 300, height: 260),
        PixelWindow(x: 130, y: 0, width: 100, height: 50),
        PixelWindow(x: 127, y: 120, width: 3, height: 20),
        PixelWindow(x: 250, y: 200, width: 90, height: 90),
        PixelWindow(x: -20, y: -10, width: 40, height: 30),
    ]

    private func expectSame(_ path: String, as other: String) throws {
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let plain = try SceneReader(path: other, roles: rgbInfrared)
        for window in Self.windows {
            let (found, expected) = try (read(scene, window), read(plain, window))
            #expect(found.values == expected.values && found.valid == expected.valid, "\(window)")
            #expect(found.hasData == expected.valid.contains(1), "\(window)")
        }
    }

    @Test func `blocks that are missing are no data where a nodata value says so`() throws {
        let (sparse, full) = try sparse("-a_nodata", "0")
        let size = try folder.bytes(of: "sparse.tif").count
        #expect(try size < folder.bytes(of: "full.tif").count / 2)
        try expectSame(sparse, as: full)
        let scene = try SceneReader(path: sparse, roles: rgbInfrared)
        #expect(try !read(scene, Self.windows[1]).hasData)
    }

    @Test func `elsewhere they are zeros, which are data`() throws {
        let (sparse, full) = try sparse()
        try expectSame(sparse, as: full)
        let scene = try SceneReader(path: sparse, roles: rgbInfrared)
        let (hasData, values, valid) = try read(scene, Self.windows[1])
        #expect(hasData && values.allSatisfy { $0 == 0 } && valid.allSatisfy { $0 == 1 })
    }

    /// The value that a file beside the scene names may be another than missing blocks have.
    @Test func `a nodata value that real pixels do not have is asked of GDAL`() throws {
        let (sparse, _) = try sparse()
        for value in ["0", "200"] {
            try folder.write(
                Array(
                    ("<PAMDataset>"
                        + (1...4).map {
                            "<PAMRasterBand band=\"\($0)\"><NoDataValue>\(value)</NoDataValue>"
                                + "</PAMRasterBand>"
                        }.joined() + "</PAMDataset>").utf8), to: "sparse.tif.aux.xml")
            let window = Self.windows[1]
            let raw = try output(
                of: "gdallocationinfo",
                ["-valonly", "-b", "1", sparse, "\(window.x)", "\(window.y)"])
            let isNodata = raw.trimmingCharacters(in: .whitespacesAndNewlines) == value
            let scene = try SceneReader(path: sparse, roles: rgbInfrared)
            #expect(try read(scene, window).hasData == !isNodata, "\(value): \(raw)")
        }
    }

    @Test func `what a VRT does not cover is what the VRT says`() throws {
        for options in [["-a_nodata", "0"], []] {
            let path = try folder.scene("a.tif", width: 200, height: 150) {
                max(1, noise($0, $1, $2))
            }
            _ = try output(
                of: "gdal_translate",
                ["-q", "-of", "VRT", "-srcwin", "-40", "-30", "300", "260"] + options
                    + [path, folder("wide.vrt")])
            let plain = try folder.translate(folder("wide.vrt"), "plain.tif", "-co", "TILED=YES")
            try expectSame(folder("wide.vrt"), as: plain)
        }
    }

    /// Under a mask of zeros nothing is decoded: not even what could not be.
    @Test func `pixels that a mask leaves out are not read`() throws {
        let path = try folder.scene("a.tif", width: 512, height: 256) { noise($0, $1, $2) & 7 }
        let mask = try folder.scene("mask.tif", width: 512, height: 256, roles: [.other]) {
            x, _, _ in UInt8(x < 256 ? 255 : 0)
        }
        _ = try output(
            of: "gdal_translate",
            ["-q", "-of", "GTiff", "-mo", "INTERNAL_MASK_FLAGS_1=2", mask, path + ".msk"])
        // Two blocks; the second one is damaged.
        var bytes = try folder.bytes(of: "a.tif")
        let middle = bytes.count * 3 / 4
        for index in middle..<middle + 200 { bytes[index] ^= 0xFF }
        try folder.write(bytes, to: "a.tif")
        let right = PixelWindow(x: 256, y: 0, width: 256, height: 256)
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        #expect(try !read(scene, right).hasData)
        let left = PixelWindow(x: 0, y: 0, width: 256, height: 256)
        #expect(try read(scene, left).valid.allSatisfy { $0 == 1 })
        try FileManager.default.removeItem(atPath: path + ".msk")
        let bare = try SceneReader(path: path, roles: rgbInfrared)
        #expect(throws: RasterError.self) { try read(bare, right) }
    }

    @Test func `quantiles of a sparse scene are those of its twin`() throws {
        let (sparse, full) = try sparse("-a_nodata", "0")
        let quantiles = try [sparse, full].map {
            try BandQuantiles(of: SceneReader(path: $0, roles: rgbInfrared))
        }
        #expect(quantiles[0] != nil && quantiles[0] == quantiles[1])
    }
}
