/// One model file: the network's weights and all that is needed to use them on a scene.
///
/// A checkpoint is the same with ``extras`` and ``checkpoint``: what a trainer needs to go on.
///
/// The name is not `Bundle`, which is Foundation's.
public struct ModelBundle: Hashable, Sendable {
    /// The formats that this version reads. It writes the last one for models whose classes are
    /// named, and the first for all others, which older versions read.
    public static let formatVersions = 2...3

    /// The losses of one step; nil for a head that was not trained in it.
    public struct Loss: Hashable, Sendable {
        public var step: Int
        public var lossA: Double?
        public var lossB: Double?

        public init(step: Int, lossA: Double?, lossB: Double?) {
            self.step = step
            self.lossA = lossA
            self.lossB = lossB
        }
    }

    /// The geometry that the model was trained in.
    public var geometry: Geometry
    /// What the network's input bands show, in their order.
    public var bands: [BandRole]
    public var scaling: Scaling
    /// Of the training data, for maps with ``ScalingSource/match``; nil in models of the first
    /// versions.
    public var quantiles: BandQuantiles?
    /// The side of a pixel of the training data; nil if that is not known.
    public var pixelSizeMetres: Double?
    public var legend: Legend
    /// The preset that training began with.
    public var preset: String
    /// All settings of the training, as the trainer encodes them.
    public var training: JSONValue
    /// What the model was trained on, for people to read.
    public var data: JSONValue
    /// A long training should thin it: half a million entries make a header of 30 MB.
    public var history: [Loss]
    /// Whether batch norm tracked running statistics while training; if not, those in the file come
    /// from one pass over the training data at the end.
    public var tracksRunningStatistics: Bool
    /// The version of iicd that wrote it.
    public var softwareVersion: String

    public var weights: ParameterBlock
    /// What refines the classes; nil for a model whose classes are head B's alone.
    public var refinement: Mixture?
    /// What a person has named; nil for a model whose classes are its own.
    public var naming: Naming?
    /// Updates of the running statistics, one count for each layer of the trunk.
    public var batchesTracked: [Int]

    /// A checkpoint's other tensors; their names begin with ``extraPrefix``.
    public var extras: [String: SafeTensors.Tensor]
    /// A checkpoint's other state; nil for a model that is only to be used.
    public var checkpoint: JSONValue?

    public static let extraPrefix = "checkpoint."

    public init(
        geometry: Geometry, bands: [BandRole], scaling: Scaling, legend: Legend, preset: String,
        softwareVersion: String, weights: ParameterBlock, refinement: Mixture? = nil,
        naming: Naming? = nil, quantiles: BandQuantiles? = nil, pixelSizeMetres: Double? = nil,
        training: JSONValue = [:], data: JSONValue = [:],
        history: [Loss] = [], tracksRunningStatistics: Bool = true, batchesTracked: [Int]? = nil,
        extras: [String: SafeTensors.Tensor] = [:], checkpoint: JSONValue? = nil
    ) {
        self.geometry = geometry
        self.bands = bands
        self.scaling = scaling
        self.quantiles = quantiles
        self.pixelSizeMetres = pixelSizeMetres
        self.legend = legend
        self.preset = preset
        self.training = training
        self.data = data
        self.history = history
        self.tracksRunningStatistics = tracksRunningStatistics
        self.softwareVersion = softwareVersion
        self.weights = weights
        self.refinement = refinement
        self.naming = naming
        self.batchesTracked = batchesTracked ?? weights.architecture.layers.map { _ in 0 }
        self.extras = extras
        self.checkpoint = checkpoint
    }

    public var architecture: Architecture { weights.architecture }

    /// The name of a layer's count of updates in the file.
    static func counterName(_ layer: Architecture.Layer) -> String {
        "trunk.features.\(layer.feature + 1).num_batches_tracked"
    }
}

extension ModelBundle {
    /// SHA-256, in hexadecimal, over all that a map's pixels depend on: weights and running
    /// statistics, architecture, geometry, bands, scaling, refinement and naming.
    ///
    /// Neither what classes are called (``Legend/hash``) nor history, settings and a checkpoint's
    /// state change it; nor do ``quantiles``, which few maps depend on: those have them in their
    /// settings' hash.
    public var modelHash: String {
        var hash = SHA256()
        let document = document
        var part: [String: JSONValue] = [:]
        for key in ["architecture", "geometry", "bands", "scaling", "refinement", "naming"] {
            part[key] = document[key]
        }
        hash.update(JSONValue.object(part).text)
        for entry in weights.layout.entries {
            hash.update("\n\(entry.name)\n")
            let data = SafeTensors.Tensor(weights[entry]).data
            hash.update(data.span)
        }
        let more = refinementTensors.merging(namingTensors) { $1 }
        for (name, tensor) in more.sorted(by: { $0.key < $1.key }) {
            hash.update("\n\(name)\n")
            hash.update(tensor.data.span)
        }
        return hash.hex()
    }

    /// What makes this model unusable, as the end of a sentence; nil if nothing does. Tensors are
    /// not looked at.
    var problem: String? {
        if let problem = architecture.problem { return "it has \(problem)" }
        if bands.count != architecture.channels {
            return "it names \(bands.count) bands and its network has \(architecture.channels)"
        }
        if scaling.bands.count != architecture.channels {
            return "it scales \(scaling.bands.count) bands and its network has "
                + "\(architecture.channels)"
        }
        for (index, range) in scaling.bands.enumerated() {
            let (low, high) = (range.low, range.high)
            guard low.isFinite, high.isFinite, high > low, (high - low).isFinite else {
                return "its scaling of band \(index + 1) goes from \(low) to \(high)"
            }
        }
        if let units = scaling.units {
            guard units.count == bands.count,
                units.allSatisfy({ $0.scale.isFinite && $0.scale != 0 && $0.offset.isFinite })
            else { return "its scale and offset of samples make no sense" }
        }
        if let quantiles {
            guard quantiles.bands.count == architecture.channels else {
                return "it has quantiles of \(quantiles.bands.count) bands and its network has "
                    + "\(architecture.channels)"
            }
            if let problem = quantiles.problem { return problem }
        }
        if let problem = namingProblem { return problem }
        if legend.entries.count != mapClasses {
            return "its legend has \(legend.entries.count) classes and its "
                + (naming == nil ? "network has" : "maps have") + " \(mapClasses)"
        }
        for (index, entry) in legend.entries.enumerated() where entry.colour.count != 3 {
            return "the colour of its class \(index + 1) is not made of three numbers"
        }
        if let problem = refinementProblem { return problem }
        if let size = pixelSizeMetres, !(size > 0 && size.isFinite) {
            return "its pixel size is \(size) m"
        }
        return nil
    }
}
