import Foundation
import Synchronization
import TestSupport
import Testing

@testable import IICInfer

/// A scene, a model and all outputs, and how many pixels of them were computed.
struct PartialSheet {
    /// What may change how a scene is mapped.
    enum Way: String, CaseIterable, Sendable {
        case seamless, paper, network, scene, match, bounds, area, resample, cleaned

        func apply(to settings: inout SegmentSettings, _ folder: TemporaryFolder) throws {
            switch self {
            case .seamless: break
            case .paper: settings.geometry = .paper
            case .network: settings.refine = .network
            case .scene: settings.scaling = .scene
            case .match: settings.scaling = .match
            case .bounds: settings.bounds = PixelWindow(x: 37, y: 61, width: 390, height: 381)
            case .area:
                let text = """
                    {"type":"Polygon","coordinates":[[[400010,5799990],[400205,5799960],\
                    [400190,5799780],[400030,5799800],[400010,5799990]]]}
                    """
                let crs = #""crs":{"type":"name","properties":{"name":"EPSG:25833"}}"#
                let file =
                    "{\"type\":\"FeatureCollection\",\(crs),\"features\":"
                    + "[{\"type\":\"Feature\",\"properties\":{},\"geometry\":\(text)}]}"
                settings.area = try AreaOfInterest(
                    reading: folder.write(Array(file.utf8), to: "area.geojson"))
            case .resample: settings.resample = true
            case .cleaned: settings.cleanUp = CleanUp(majority: 5, sieve: 9)
            }
        }
    }

    let folder: TemporaryFolder
    let kept: TemporaryFolder
    let width = 430
    let height = 450
    let scene: String

    init() throws {
        folder = try TemporaryFolder()
        kept = try TemporaryFolder()
        scene = folder("a.tif")
        try draw()
    }

    /// Writes the scene: patches with noise, and a corner without data.
    func draw(seed: Int = 0) throws {
        let place = try #require(
            Georeference(epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: 0.5))
        try folder.scene("a.tif", width: width, height: height, georeference: place, nodata: 0) {
            x, y, band -> UInt8 in
            let patch = Int(noise(x / 23, y / 31, band + seed))
            return x + y < 240 ? 0 : UInt8(1 + patch * 3 / 4 + Int(noise(x, y, 9 + band)) / 5)
        }
    }

    /// A network of 1/16 width with random weights, and a refinement of five greys.
    static func model(seed: Int = 77) -> ModelBundle {
        let layout = ParameterLayout(
            Architecture(width: 1.0 / 16, overclusters: 9, classes: 5))
        var tensors: [String: [Float]] = [:]
        for (index, entry) in layout.entries.enumerated() {
            let spread = (6 / Float(entry.shape.dropFirst().reduce(1, *))).squareRoot()
            tensors[entry.name] = (0..<entry.range.count).map { place in
                let random = Float(noise(place, index, seed)) / 127.5 - 1
                return switch entry.tensor {
                case .runningVariance, .scale: 1
                case .runningMean, .shift: random / 4
                case .convolution: random * spread
                case .head: random * spread * 4
                }
            }
        }
        let refinement = Mixture(
            means: (0..<5).flatMap { Array(repeating: 0.2 + 0.1 * Double($0), count: 8) },
            precisions: (0..<5).flatMap { _ in (0..<64).map { $0 / 8 == $0 % 8 ? 20 : 1 } },
            logShares: (0..<5).map { -Double($0) / 4 },
            logConfusion: (0..<25).map { $0 / 5 == $0 % 5 ? -0.2 : -3 }, weight: 1)
        return ModelBundle(
            geometry: .seamless, bands: rgbInfrared, scaling: .uint8(channels: 4),
            legend: .unnamed(classes: 5), preset: "quick", softwareVersion: "0",
            weights: ParameterBlock(tensors: tensors, layout: layout), refinement: refinement,
            quantiles: BandQuantiles(
                probabilities: [0, 0.5, 1], bands: Array(repeating: [1, 90, 255], count: 4)),
            pixelSizeMetres: 0.8)
    }

    func job(
        _ way: Way = .seamless, threads: Int = 2, memory: Int = 1 << 30,
        model: ModelBundle = model()
    ) throws -> SegmentJob {
        var settings = SegmentSettings(threads: threads)
        settings.memoryLimit = memory
        try way.apply(to: &settings, folder)
        return try SegmentJob(model: model, settings: settings)
    }

    /// All that can be made of a scene.
    func outputs(_ name: String) -> [any MapOutput] {
        [
            LabelMap(.classes, path: folder("\(name).tif")),
            LabelMap(.overclusters, path: folder("\(name).overclusters.tif")),
            ConfidenceMap(path: folder("\(name).confidence.tif")),
            ProbabilityMap(classes: 5, form: .floats, path: folder("\(name).probabilities.tif")),
            PreviewPicture(path: folder("\(name).png")),
            PolygonLayer(path: folder("\(name).gpkg")),
        ]
    }

    /// The bytes of all files of ``outputs(_:)``.
    func bytes(_ name: String) throws -> [[UInt8]] {
        try outputs(name).flatMap(\.files).map {
            try folder.bytes(of: String($0.dropFirst(folder.path.count + 1)))
        }
    }

    /// Runs a job, to its end or until so many pixels were computed.
    ///
    /// - Returns: pixels that were computed, and what the first report of progress said.
    @discardableResult
    func map(
        _ name: String, _ job: SegmentJob, until limit: Int = .max, in store: PartialRows?,
        failing error: (any UserError)? = nil,
        progress: (_ done: Int) throws -> Void = { _ in }
    ) throws -> (computed: Int, first: Int) {
        let count = PixelCount(path: folder("\(name).count"), failing: error)
        var first: Int?
        do {
            try job.run(
                scene: scene, outputs: outputs(name) + [count], partial: store,
                progress: { stage, done, _ in
                    guard stage == .segmenting else { return }
                    first = first ?? done
                    do { try progress(done) } catch { Issue.record(error) }
                }, isCancelled: { count.pixels.value.withLock { $0 } >= limit })
        } catch is Interrupted where limit < .max {
        } catch let failure as any UserError where error?.exitStatus == failure.exitStatus {
        }
        return (count.pixels.value.withLock { $0 }, first ?? -1)
    }

    /// Rows are kept from the first one on.
    var store: PartialRows { PartialRows(folder: kept.path, delay: .zero) }

    /// A store with a copy of what is kept now, as a kill would leave it.
    func copy() throws -> (store: PartialRows, folder: TemporaryFolder) {
        let copy = try TemporaryFolder()
        for name in try kept.files { try copy.write(kept.bytes(of: name), to: name) }
        return (PartialRows(folder: copy.path, delay: .zero), copy)
    }
}

/// An output that shows nothing and counts the pixels that are computed.
struct PixelCount: MapOutput {
    final class Pixels: Sendable {
        let value = Mutex(0)
    }

    let path: String
    let pixels = Pixels()
    /// What its end throws.
    let failure: (any UserError)?

    init(path: String, failing error: (any UserError)?) {
        self.path = path
        failure = error
    }

    var kind: String { "count" }
    var files: [String] { [] }
    var settings: JSONValue { ["count": 1] }
    var labellings: [Labelling] { [.classes] }
    var pixelBytes: Int { 0 }

    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let count = row.count
        self.pixels.value.withLock { $0 += count }
    }

    func diskBytes(width: Int, height: Int) -> Int { 0 }

    func begin(_ frame: MapFrame) throws -> any MapProduct { Product(path: path, failure: failure) }

    private final class Product: MapProduct {
        let path: String
        let failure: (any UserError)?

        init(path: String, failure: (any UserError)?) {
            self.path = path
            self.failure = failure
        }

        func write(_ pixels: Span<UInt8>, window: PixelWindow) {}

        func finish(
            _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
            isCancelled: () -> Bool
        ) throws -> OutputSummary {
            if let failure { throw failure }
            return OutputSummary(kind: "count", path: path)
        }

        func publish(in publication: inout Publication) {}
    }
}
