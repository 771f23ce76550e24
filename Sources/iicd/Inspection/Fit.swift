import IICInfer
import IICKernels

/// Whether a model runs on a scene, and roughly at what cost.
struct Fit {
    /// Arithmetic speed of one core that the estimate of time takes for granted, from Zen 3.
    private static let operationsPerSecond = 40e9

    private let problem: String?
    private let bands: [Int]
    private let seconds: Double
    private let engineName: String
    private let memoryBytes: Int
    private let diskBytes: Int
    private let warnings: [String]

    /// - Throws: what is wrong with the scene's file; a scene that merely does not suit the model
    ///   is a finding.
    init(scene path: String, model: ModelBundle, bands chosen: [Int]?, threads: Int) throws {
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
        engineName = "\(engine.name), \(InstructionSet.name)"
        bands = scene.bands
        let pixels = Double(scene.width) * Double(scene.height)
        // Each tile of 200 × 200 is computed with 16 pixels of context around it.
        let context = 232.0 * 232 / (200 * 200)
        seconds =
            pixels * context * architecture.operationsPerPixel
            / (Self.operationsPerSecond * Double(threads))
        memoryBytes = try SceneSegmenter(
            engine: engine, scaling: model.scaling, threads: threads, memoryLimit: .max
        ).leastMemory(for: scene)
        diskBytes = Int(clamping: Int64(min(2 * pixels, 1e18)))
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
            ("Time", "about \(Self.time(seconds)), an estimate from the operations it takes"),
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

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(max(1, Int(seconds.rounded()))) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        default: "\(Report.digits((seconds / 360).rounded() / 10)) h"
        }
    }
}
