/// A model as an ONNX file, for other programs to run.
///
/// One input, `N × C × H × W` of 32-bit floats: bands scaled to 0…1, an image alone, whose edges are
/// the scene's. The outputs are probabilities at its size, the model's own classes first: what a
/// person named, else the refinement's, else head B's; then those of the others that it has, head A's
/// last. What cleans up a finished map, and what nodata does, is not in it.
public struct ONNXExport: Sendable {
    /// Sides of tiles that a file can be made for: beyond these a tile has no middle, or no memory.
    public static let tiles = 64...4096

    public struct Settings: Sendable {
        public var geometry: Geometry
        /// Rows and columns of the only input that the file takes, an even number of ``tiles``; nil for
        /// any.
        public var tile: Int?
        /// Whether the trunk's weights and its arithmetic are 16-bit floats.
        public var isHalf: Bool

        public init(geometry: Geometry = .seamless, tile: Int? = nil, isHalf: Bool = false) {
            self.geometry = geometry
            self.tile = tile
            self.isHalf = isHalf
        }
    }

    /// One output.
    public struct Output: Hashable, Sendable {
        /// `named`, `refined`, `head_b` or `head_a`.
        public let name: String
        /// What its classes are called.
        public let legend: Legend
    }

    public let model: ModelBundle
    public let settings: Settings
    /// In their order.
    public let outputs: [Output]
    private let graph: ONNXGraph

    /// - Throws: ``ONNXExportError`` if a weight is beyond 16-bit floats.
    public init(_ model: ModelBundle, settings: Settings = Settings()) throws(ONNXExportError) {
        var network = try NetworkGraph(
            model.weights, geometry: settings.geometry, side: settings.tile,
            isHalf: settings.isHalf)
        let architecture = model.architecture
        var outputs: [Output] = []
        // From the last to the first: each may need those after it.
        func add(_ name: String, _ legend: Legend) {
            outputs.insert(Output(name: name, legend: legend), at: 0)
        }
        let plain =
            model.naming == nil ? model.legend : .unnamed(classes: architecture.classes)
        add(network.add(.A, name: "head_a"), .overclusters(architecture.overclusters))
        var own = network.add(.B, name: "head_b")
        add(own, plain)
        if settings.geometry == .seamless {
            if let refinement = model.refinement {
                own = network.add(refinement, network: own, name: "refined")
                add(own, plain)
            }
            switch model.naming?.classes {
            case .learnt(let named): add(network.add(named, name: "named"), model.legend)
            case .merged(let targets):
                add(network.addMerged(targets, of: own, name: "named"), model.legend)
            case nil: break
            }
        }
        for output in outputs {
            network.addOutput(output.name, channels: output.legend.entries.count)
        }
        self.model = model
        self.settings = settings
        self.outputs = outputs
        graph = network.graph
    }

    /// The whole file; equal models and settings give equal bytes.
    package var serialised: [UInt8] {
        ONNXFile(
            graph: graph, name: "iicd",
            description: "Land-cover classes. Input: \(model.bands.map(\.rawValue)) scaled to 0…1.",
            metadata: metadata
        ).serialised
    }

    /// Writes the file, in the place of an older one.
    ///
    /// - Returns: its bytes.
    public func write(to path: String) throws(AtomicFileError) -> Int {
        let bytes = serialised
        try AtomicFile.write(bytes.span, to: path)
        return bytes.count
    }
}

/// Why a model cannot be exported.
public enum ONNXExportError: UserError, Equatable {
    /// Layers count from 1.
    case beyondHalf(layer: Int)

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .beyondHalf(let layer):
            "A weight of the model's layer \(layer) is larger than a 16-bit float can be: export "
                + "it without --float16."
        }
    }
}
