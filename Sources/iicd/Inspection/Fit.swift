import IICInfer
import IICKernels

/// Whether a model runs on a scene, and roughly at what cost.
struct Fit {
    private let problem: String?
    private let bands: [Int]
    private let seconds: Double
    private let engineName: String
    private let memoryBytes: Int
    private let diskBytes: Int
    private let warnings: [String]
    private let threads: Int

    /// - Throws: what is wrong with the scene's file; a scene that merely does not suit the model
    ///   is a finding.
    init(scene path: String, model: ModelBundle, bands chosen: [Int]?, threads: Int) throws {
        self.threads = threads
        let architecture = model.architecture
        let scene: SceneReader
        do {
            scene = try SceneReader(path: path, roles: model.bands, bands: chosen)
        } catch let error as RasterError {
            guard case .bands = error else { throw error }
            problem = error.description
            bands = []
            (seconds, engineName, memoryBytes, diskBytes, warnings) = (0, "", 0, 0, [])
            return
        }
        // What `segment` says without --scaling scene; with it the estimates hold.
        problem =
            scene.sampleType == model.scaling.source
            ? nil
            : SegmentError.sampleType(
                path: path, scene: scene.sampleType, model: model.scaling.source
            ).description
        let engine = WinogradEngine(
            weights: NetworkWeights(tensors: model.weights, architecture: architecture),
            geometry: .seamless)
        engineName = engine.name
        bands = scene.bands
        let pixels = Double(scene.width) * Double(scene.height)
        let jobs = (pixels / 40_000).rounded(.up)
        seconds = pixels / 40_000 * Self.secondsPerTile(engine) / min(jobs, Double(threads))
        memoryBytes = try SceneSegmenter(engine: engine, threads: threads, memoryLimit: .max)
            .leastMemory(for: scene, encoders: [LabelEncoder(head: .B)])
        diskBytes = MapWriter.diskBytes(width: scene.width, height: scene.height).most
        var warnings: [String] = []
        let size = scene.georeference.pixelSizeMetres(width: scene.width, height: scene.height)
        if let size, let trained = model.pixelSizeMetres, !(0.5...2).contains(size / trained) {
            warnings.append(
                "its pixels have \(Report.digits(size)) m, those of the training "
                    + "\(Report.digits(trained)) m")
        }
        self.warnings = warnings
    }

    var lines: [(label: String, text: String)] {
        let names = bands.map(String.init).joined(separator: ",")
        let verdict = ("Would run", problem.map { "no: \($0)" } ?? "yes, with the bands \(names)")
        if bands.isEmpty { return [verdict] }
        return [verdict] + warnings.map { ("Beware", $0) } + [
            ("Engine", engineName),
            (
                "Time",
                "about \(Self.time(seconds)) on \(threads) thread\(threads == 1 ? "" : "s"), from tiles timed just now"
            ),
            ("Memory", "at least \(Report.bytes(memoryBytes)) (--memory)"),
            ("Disk", "at most \(Report.bytes(diskBytes)) while the map is written"),
        ]
    }

    var json: JSONValue {
        let reason = problem.map(JSONValue.string) ?? .null
        if bands.isEmpty { return ["runs": false, "reason": reason] }
        return [
            "runs": .bool(problem == nil), "reason": reason,
            "bands": .array(bands.map(JSONValue.integer)),
            "warnings": .array(warnings.map(JSONValue.string)),
            "estimatedSeconds": .number(seconds), "engine": .string(engineName),
            "leastMemoryBytes": .integer(memoryBytes),
            "diskBytes": .integer(diskBytes),
        ]
    }

    /// What one tile of 200 × 200 pixels of a large scene takes on one thread here and now.
    private static func secondsPerTile(_ engine: WinogradEngine) -> Double {
        let (height, width) = (200, 400)
        let image = [Float](repeating: 0.5, count: height * width * engine.architecture.channels)
        var output = [Float](
            repeating: 0, count: height * width * engine.architecture.classes)
        let duration = ContinuousClock().measure {
            var span = output.mutableSpan
            engine.probabilities(
                of: image.span, height: height, width: width, head: .B, into: &span)
        }
        return duration / .seconds(2)
    }

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(max(1, Int(seconds.rounded()))) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        default: "\(Report.digits((seconds / 360).rounded() / 10)) h"
        }
    }
}
