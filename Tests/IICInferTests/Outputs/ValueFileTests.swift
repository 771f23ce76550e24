import Foundation
import IICInfer
import TestSupport
import Testing

/// The files of confidence and probabilities.
@Suite struct ValueFileTests {
    private let folder: TemporaryFolder
    private let width = 1301
    private let height = 703
    private let place: Georeference
    private let provenance = MapProvenance(
        sceneHash: "a", modelHash: "b", settingsHash: "c", version: "d")
    private var legend = Legend.unnamed(classes: 5)

    init() throws {
        folder = try TemporaryFolder()
        place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        legend.entries[1].name = "Wald & “Wiese” <1>"
    }

    enum Kind: CaseIterable {
        case confidence, percent, floats

        func output(_ path: String) -> any MapOutput {
            switch self {
            case .confidence: ConfidenceMap(path: path)
            case .percent: ProbabilityMap(classes: 5, form: .percent, path: path)
            case .floats: ProbabilityMap(classes: 5, form: .floats, path: path)
            }
        }

        var bands: Int { self == .confidence ? 2 : 5 }
    }

    /// The sample of a band, from 0; NaN where there is no data.
    private func value(_ x: Int, _ y: Int, _ band: Int, _ kind: Kind) -> Float {
        guard x / 90 % 7 != 6, x + y > 30 else { return .nan }
        let level = Float(noise(x / 3, y / 2, band) % 101)
        return kind == .floats ? level / 100 : level
    }

    private func bytes(_ value: Float, _ kind: Kind) -> [UInt8] {
        guard kind == .floats else { return [value.isNaN ? 255 : UInt8(value)] }
        let bits = value.bitPattern
        return [bits, bits >> 8, bits >> 16, bits >> 24].map { UInt8(truncatingIfNeeded: $0) }
    }

    private func begin(
        _ name: String, _ kind: Kind, place: Georeference? = nil, threads: Int = 1
    ) throws -> any MapProduct {
        let frame = MapFrame(
            width: width, height: height, georeference: place ?? self.place,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5), legend: legend,
            threads: threads)
        return try kind.output(folder(name)).begin(frame)
    }

    private func commit(_ product: any MapProduct) throws {
        _ = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        var publication = Publication()
        product.publish(in: &publication)
        try publication.commit()
    }

    /// Writes a file in windows of one size, in an order that `seed` shuffles.
    private func write(
        _ name: String, _ kind: Kind, window side: Int = 250, seed: Int = 1,
        place: Georeference? = nil
    ) throws {
        let product = try begin(name, kind, place: place, threads: 1 + seed % 3)
        var windows = stride(from: 0, to: height, by: side).flatMap { y in
            stride(from: 0, to: width, by: side).map { x in
                PixelWindow(x: x, y: y, width: min(side, width - x), height: min(side, height - y))
            }
        }
        windows.sort { noise($0.x, $0.y, seed) < noise($1.x, $1.y, seed) }
        for window in windows {
            var pixels: [UInt8] = []
            for pixel in 0..<window.count {
                let (x, y) = (window.x + pixel % window.width, window.y + pixel / window.width)
                for band in 0..<kind.bands { pixels += bytes(value(x, y, band, kind), kind) }
            }
            try product.write(pixels.span, window: window)
        }
        try commit(product)
    }

    /// All samples of a raster, `(H, W, bands)`, NaN where there is no data.
    private func samples(_ path: String, _ kind: Kind) throws -> [Float] {
        let raster = try SceneReader(
            path: path, roles: [BandRole](repeating: .other, count: kind.bands),
            bands: Array(1...kind.bands))
        let (values, valid) = try raster.pixels()
        return values.indices.map { valid[$0 / kind.bands] == 0 ? .nan : values[$0] }
    }

    private func same(_ one: [Float], _ other: [Float]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }

    @Test(arguments: Kind.allCases)
    func `a file holds what was written, whatever the windows and their order`(
        kind: Kind
    ) throws {
        try write("a.tif", kind, window: 250, seed: 1)
        try write("b.tif", kind, window: 333, seed: 2)
        #expect(try folder.bytes(of: "a.tif") == folder.bytes(of: "b.tif"))
        #expect(try folder.files == ["a.tif", "b.tif"])
        var expected: [Float] = []
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<kind.bands { expected.append(value(x, y, band, kind)) }
            }
        }
        #expect(try same(samples(folder("a.tif"), kind), expected))
    }

    @Test(arguments: Kind.allCases)
    func `an overview is the mean of the four below, no data left out`(kind: Kind) throws {
        try write("a.tif", kind)
        let (columns, rows) = ((width + 1) / 2, (height + 1) / 2)
        var expected: [Float] = []
        for y in 0..<rows {
            for x in 0..<columns {
                for band in 0..<kind.bands {
                    var (sum, count): (Float, Float) = (0, 0)
                    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                        let (column, row) = (2 * x + dx, 2 * y + dy)
                        guard column < width, row < height else { continue }
                        let sample = value(column, row, band, kind)
                        if !sample.isNaN { (sum, count) = (sum + sample, count + 1) }
                    }
                    let mean: Float = sum / count
                    expected.append(kind == .floats ? mean : (mean + 0.5).rounded(.down))
                }
            }
        }
        let overview = try folder.translate("GTIFF_DIR:2:" + folder("a.tif"), "o.tif")
        #expect(try same(samples(overview, kind), expected))
    }

    @Test(arguments: Kind.allCases)
    func `it is a valid COG that says what it is`(kind: Kind) throws {
        try write("a.tif", kind)
        let layout = try TIFFLayout(folder.bytes(of: "a.tif"))
        #expect(layout.problem == nil && layout.pages.count == 3)
        let info = try output(of: "gdalinfo", [folder("a.tif")])
        var parts = [
            "LAYOUT=COG", "COMPRESSION=DEFLATE", "Overviews: 651x352, 326x176",
            "IICD_SCENE_SHA256=a", "IICD_SETTINGS_SHA256=c", "UTM zone 32N",
            "Origin = (500000.000000000000000,5400000.000000000000000)",
            kind == .floats ? "Type=Float32" : "Type=Byte",
            kind == .floats ? "NoData Value=nan" : "NoData Value=255",
        ]
        parts +=
            kind == .confidence
            ? ["Description = Probability of the class, %", "Description = Margin to the second"]
            : ["Description = Class 1", "Description = Wald & “Wiese” <1>", "IICD_LEGEND_SHA256="]
        for part in parts { #expect(info.contains(part), "\(part)\n\(info)") }
        // Neither red, green and blue nor opacity.
        for word in ["Red", "Green", "Alpha"] {
            #expect(!info.contains("ColorInterp=\(word)"), "\(info)")
        }
        #expect(kind.output(folder("a.tif")).provenance == provenance)
    }

    @Test func `a map is a valid COG`() throws {
        let writer = try MapWriter(
            path: folder("a.tif"), width: width, height: height, georeference: place,
            legend: legend, threads: 2)
        let labels = (0..<width * height).map { UInt8(noise($0, 1, 2) % 5) }
        try writer.write(
            labels.span, window: PixelWindow(x: 0, y: 0, width: width, height: height))
        try writer.finish()
        let layout = try TIFFLayout(folder.bytes(of: "a.tif"))
        #expect(layout.problem == nil && layout.pages.count == 3)
    }

    /// QGIS, for one, writes its statistics there.
    @Test func `an older sidecar does not outlive its file`() throws {
        try folder.write(Array("old".utf8), to: "a.tif")
        try folder.write(Array("<PAMDataset></PAMDataset>".utf8), to: "a.tif.aux.xml")
        try write("a.tif", .confidence)
        #expect(try folder.files == ["a.tif"])
    }

    @Test func `a place that GeoTIFF cannot hold is in the sidecar`() throws {
        var both = place
        both.controlPointCRS = place.crs
        for index in 0..<4 {
            let number = Double(index)
            both.controlPoints.append(
                Georeference.ControlPoint(
                    pixel: 100 * number, line: 9 * number * number, x: 500_000 + number,
                    y: 5_400_000))
        }
        try write("a.tif", .percent, place: both)
        let raster = try SceneReader(
            path: folder("a.tif"), roles: [BandRole](repeating: .other, count: 5),
            bands: Array(1...5))
        #expect(raster.georeference.transform == both.transform)
        #expect(raster.georeference.controlPoints == both.controlPoints)
        #expect(try folder.files == ["a.tif", "a.tif.aux.xml"])
    }

    @Test(arguments: Kind.allCases)
    func `one that is not published, or is cancelled, leaves nothing`(kind: Kind) throws {
        do {
            let product = try begin("a.tif", kind)
            var pixels: [UInt8] = []
            for band in 0..<kind.bands { pixels += bytes(value(40, 40, band, kind), kind) }
            try product.write(pixels.span, window: PixelWindow(x: 7, y: 9, width: 1, height: 1))
            _ = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        }
        #expect(try folder.files.isEmpty)
        for share in [0, 0.1, 0.5] {
            do {
                let product = try begin("a.tif", kind)
                var reached = 0.0
                #expect(throws: Interrupted.self) {
                    _ = try product.finish(
                        provenance, progress: { reached = $0 }, isCancelled: { reached >= share })
                }
            }
            #expect(try folder.files.isEmpty)
        }
        let error = #expect(throws: AtomicFileError.self) { try begin("no/a.tif", kind) }
        #expect(error?.exitStatus == .cannotWrite)
    }
}
