/// A model that must not be saved.
public struct ModelBundleError: UserError, Equatable {
    public let reason: String

    public var description: String { "Cannot save the model: \(reason)." }
    public var exitStatus: ExitStatus { .failed }
}

extension ModelBundle {
    /// Writes the file, which appears under its name only when it is whole.
    ///
    /// Equal models give equal bytes.
    ///
    /// - Throws: ``ModelBundleError`` for a model that no reader would take, such as one whose
    ///   weights have left the finite numbers; ``AtomicFileError`` if the file cannot be written.
    public func write(to path: String) throws {
        try contents().write(to: path)
    }

    /// The file's content.
    package func contents() throws(ModelBundleError) -> SafeTensors {
        if let problem { throw ModelBundleError(reason: problem) }
        var file = SafeTensors(metadata: ["iicd": document.text])
        if let name = weights.nonFiniteTensor {
            throw ModelBundleError(
                reason: "its tensor “\(name)” holds numbers that are not finite; "
                    + "train with a lower learning rate")
        }
        for entry in weights.layout.entries {
            file.tensors[entry.name] = SafeTensors.Tensor(weights[entry], shape: entry.shape)
        }
        for (layer, count) in zip(architecture.layers, batchesTracked) {
            file.tensors[Self.counterName(layer)] = SafeTensors.Tensor([Int64(count)], shape: [])
        }
        file.tensors.merge(refinementTensors) { $1 }
        file.tensors.merge(namingTensors) { $1 }
        for (name, tensor) in extras {
            precondition(name.hasPrefix(Self.extraPrefix), name)
            file.tensors[name] = tensor
        }
        return file
    }

    /// All but the tensors, as one JSON document.
    var document: JSONValue {
        var members: [String: JSONValue] = [
            "formatVersion": .integer(
                naming == nil ? Self.formatVersions.lowerBound : Self.formatVersions.upperBound),
            "architecture": architecture.document,
            "geometry": .string(geometry.rawValue),
            "bands": .array(bands.map { .string($0.rawValue) }),
            "scaling": scaling.document,
            "legend": legend.document,
            "preset": .string(preset),
            "training": training,
            "data": data,
            "history": .array(
                history.map { loss in
                    [
                        .integer(loss.step), loss.lossA.map(JSONValue.number) ?? .null,
                        loss.lossB.map(JSONValue.number) ?? .null,
                    ]
                }),
            "tracksRunningStatistics": .bool(tracksRunningStatistics),
            "softwareVersion": .string(softwareVersion),
        ]
        members["quantiles"] = quantiles?.document
        members["pixelSizeMetres"] = pixelSizeMetres.map(JSONValue.number)
        members["refinement"] = refinementDocument
        members["naming"] = namingDocument
        members["checkpoint"] = checkpoint
        return .object(members)
    }
}

extension JSONValue {
    /// A number with the shortest digits that give the same `Float` again.
    static func number(_ value: Float) -> JSONValue {
        .number(Double(value.description) ?? Double(value))
    }
}

extension Architecture {
    /// As model files have it.
    var document: JSONValue {
        [
            "channels": .integer(channels), "width": .number(width),
            "overclusters": .integer(overclusters), "classes": .integer(classes),
            "subheadsA": .integer(subheadsA), "subheadsB": .integer(subheadsB),
        ]
    }
}

extension Scaling {
    fileprivate var document: JSONValue {
        var members: [String: JSONValue] = [
            "bands": .array(bands.map { ["low": .number($0.low), "high": .number($0.high)] }),
            "source": .string(source.rawValue),
        ]
        // Models of data without units are what they were before there were any.
        if let units {
            members["units"] = .array(
                units.map { ["scale": .number($0.scale), "offset": .number($0.offset)] })
        }
        return .object(members)
    }
}
