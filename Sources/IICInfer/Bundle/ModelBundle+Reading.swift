extension ModelBundle {
    /// Reads a model file and checks all of it, sizes before anything is allocated for them.
    public init(reading path: String) throws(SafeTensorsError) {
        let file = try SafeTensors(reading: path, check: Self.check)
        do throws(SafeTensorsError) {
            try self.init(file)
        } catch {
            throw SafeTensorsError(error.reason, path: path)
        }
    }

    /// Refuses a file by its header alone.
    private static func check(_ layout: SafeTensors.Layout) throws(SafeTensorsError) {
        let (model, document) = try parse(layout.metadata)
        let parameters = ParameterLayout(model.architecture)
        var expected: [String: (SafeTensors.NumberType, [Int])] = [:]
        for entry in parameters.entries { expected[entry.name] = (.float32, entry.shape) }
        for layer in model.architecture.layers { expected[counterName(layer)] = (.int64, []) }
        if let refinement = document["refinement"], refinement != .null {
            for (name, shape) in refinementShapes(model.architecture) {
                expected[name] = (.float64, shape)
            }
        }
        let named = try namingShapes(document["naming"], architecture: model.architecture)
        for (name, shape) in named { expected[name] = (.float32, shape) }
        for entry in layout.entries {
            guard let (type, shape) = expected.removeValue(forKey: entry.name) else {
                guard entry.name.hasPrefix(extraPrefix) else {
                    throw SafeTensorsError("it holds an unknown tensor “\(entry.name.prefix(80))”")
                }
                continue
            }
            guard entry.shape == shape else {
                throw SafeTensorsError(
                    "its tensor “\(entry.name)” has the shape \(entry.shape), not \(shape)")
            }
            guard entry.type == type else {
                throw SafeTensorsError(
                    "its tensor “\(entry.name)” is \(entry.type.rawValue), not \(type.rawValue)")
            }
        }
        if let name = expected.keys.min() {
            throw SafeTensorsError("its tensor “\(name)” is missing")
        }
        // Adam's moments are twice the weights; what is far beyond that is no checkpoint of ours.
        guard layout.dataSize <= 16 * 4 * parameters.count + 64 << 20 else {
            throw SafeTensorsError("its checkpoint holds \(layout.dataSize) bytes, too many")
        }
    }

    /// - Precondition: `file` has passed `check`.
    private init(_ file: SafeTensors) throws(SafeTensorsError) {
        let document: JSONValue
        (self, document) = try Self.parse(file.metadata)
        weights = ParameterBlock(zeros: ParameterLayout(architecture))
        do throws(ParameterBlock.LoadingError) {
            try weights.load(file.tensors)
        } catch {
            switch error {
            case .missing(let name): throw SafeTensorsError("its tensor “\(name)” is missing")
            case .notFinite(let name):
                throw SafeTensorsError("its tensor “\(name)” holds numbers that are not finite")
            }
        }
        for (index, layer) in architecture.layers.enumerated() {
            guard weights[.runningVariance(index)].allSatisfy({ $0 >= 0 }) else {
                let name = weights.layout.name(
                    at: weights.layout[.runningVariance(index)].lowerBound)
                throw SafeTensorsError("its tensor “\(name)” holds a variance below zero")
            }
            let name = Self.counterName(layer)
            guard let count = try file.tensors[name]?.integers.first, count >= 0 else {
                throw SafeTensorsError("its tensor “\(name)” is not a count")
            }
            batchesTracked[index] = count
        }
        refinement = try Self.refinement(document["refinement"], tensors: file.tensors)
        if let problem = refinementProblem { throw SafeTensorsError(problem) }
        naming = try Self.naming(
            document["naming"], architecture: architecture, tensors: file.tensors)
        if let problem = namingProblem { throw SafeTensorsError(problem) }
        extras = file.tensors.filter { $0.key.hasPrefix(Self.extraPrefix) }
    }

    /// Everything but the tensors: no space is made for them before their sizes are checked.
    private static func parse(
        _ metadata: [String: String]
    ) throws(SafeTensorsError) -> (ModelBundle, JSONValue) {
        guard let text = metadata["iicd"] else {
            throw SafeTensorsError("it is a .safetensors file, but no model of iicd's")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw SafeTensorsError("its description is damaged: \(error)")
        }
        guard let version = document["formatVersion"]?.integer else {
            throw SafeTensorsError("its description names no format version")
        }
        let versions = Self.formatVersions
        guard versions.contains(version) else {
            throw SafeTensorsError(
                "it has format \(version) and this iicd reads \(versions.lowerBound) to "
                    + "\(versions.upperBound); use the iicd that wrote it")
        }
        func part<Value: Decodable>(
            _ key: String, _ type: Value.Type
        ) throws(SafeTensorsError) -> Value {
            guard let value = document[key], let part = try? value.decode(type) else {
                throw SafeTensorsError("the “\(key)” of its description is missing or damaged")
            }
            return part
        }
        var pixelSize: Double?
        if let size = document["pixelSizeMetres"], size != .null {
            pixelSize = try part("pixelSizeMetres", Double.self)
        }
        var quantiles: BandQuantiles?
        if document["quantiles"] != nil {
            quantiles = try part("quantiles", BandQuantiles.self)
        }
        let architecture = try part("architecture", Architecture.self)
        if let problem = architecture.problem { throw SafeTensorsError("it has \(problem)") }
        let model = ModelBundle(
            geometry: try part("geometry", Geometry.self),
            bands: try part("bands", [BandRole].self),
            scaling: try part("scaling", Scaling.self),
            legend: try part("legend", Legend.self), preset: try part("preset", String.self),
            softwareVersion: try part("softwareVersion", String.self),
            weights: ParameterBlock(zeros: ParameterLayout(architecture, sections: [])),
            naming: try naming(document["naming"], architecture: architecture, tensors: nil),
            quantiles: quantiles, pixelSizeMetres: pixelSize, training: document["training"] ?? [:],
            data: document["data"] ?? [:], history: try history(document["history"]),
            tracksRunningStatistics: try part("tracksRunningStatistics", Bool.self),
            checkpoint: document["checkpoint"])
        if let problem = model.problem { throw SafeTensorsError(problem) }
        return (model, document)
    }

    private static func history(_ value: JSONValue?) throws(SafeTensorsError) -> [Loss] {
        var history: [Loss] = []
        for entry in value?.array ?? [] {
            guard let row = entry.array, row.count == 3, let step = row[0].integer else {
                throw SafeTensorsError("the “history” of its description is damaged")
            }
            history.append(Loss(step: step, lossA: row[1].number, lossB: row[2].number))
        }
        return history
    }
}
