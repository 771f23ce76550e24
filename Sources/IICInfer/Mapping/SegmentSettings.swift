/// Where the limits that scene values are scaled by come from.
public enum ScalingSource: String, Codable, Sendable, CaseIterable {
    /// The model's training data.
    case model
    /// The percentiles of the whole scene in hand: for another sensor.
    case scene
    /// The model's training data, to whose quantiles those of the whole scene are brought first: for
    /// another date or another light.
    case match
}

/// How a scene's samples become values.
public enum SampleChoice: String, Codable, Sendable, CaseIterable {
    /// By the scene's own scale and offset, which must be those of the training data.
    case physical
    /// As they lie: each stands for what the same sample stood for in the training data.
    case raw
}

/// What a user chooses for the map of a scene.
public struct SegmentSettings: Sendable, Hashable {
    public var geometry = Geometry.seamless
    /// The scene's bands for the model, from 1; found by what the scene tells if nil.
    public var bands: [Int]?
    /// The part to map, in the scene's pixels; clipped to it. All of it if nil.
    public var bounds: PixelWindow?
    /// Where scenes are mapped; everywhere if nil.
    public var area: AreaOfInterest?
    /// Whether scenes are read at the pixel size of the model's training data.
    public var resample = false
    public var scaling = ScalingSource.model
    public var samples = SampleChoice.physical
    /// Whether scenes are mapped that are refused for what they claim to be: far more pixels than
    /// their files can hold, or values that the model has never seen. No part of the hash, since
    /// pixels do not depend on it.
    public var force = false
    /// What makes the classes; what the model is made for if nil.
    public var refine: Refine?
    /// What is done to the map of classes when it is there.
    public var cleanUp = CleanUp()
    /// Bytes that the whole program may take.
    public var memoryLimit = 1 << 30
    public var threads: Int

    public init(threads: Int) {
        precondition(threads > 0, "\(threads) threads")
        self.threads = threads
    }

    /// What changes the pixels of all outputs, for the hash of the settings: neither threads nor memory.
    ///
    /// - Parameters:
    ///   - bands: those that were found.
    ///   - bounds: already clipped; nil for the whole scene.
    ///   - grid: on which the scene is read; nil for its own.
    ///   - quantiles: the model's; they change pixels only with ``ScalingSource/match``.
    func members(
        bands: [Int], bounds: PixelWindow?, grid: SceneGrid?, quantiles: BandQuantiles?
    ) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "geometry": .string(geometry.rawValue),
            "bands": .array(bands.map(JSONValue.integer)),
            "bounds": bounds.map {
                [.integer($0.x), .integer($0.y), .integer($0.width), .integer($0.height)]
            } ?? .null,
            "scaling": .string(scaling.rawValue),
        ]
        if let area { members["area"] = .string(area.contentHash) }
        if let grid { members["step"] = .number(grid.step) }
        if samples != .physical { members["samples"] = .string(samples.rawValue) }
        if scaling == .match { members["quantiles"] = quantiles?.document }
        return members
    }
}

extension SegmentSettings {
    /// With the clean-up that belongs to named classes, unless a user wants another.
    func cleanedUp(as naming: Naming?) -> SegmentSettings {
        var settings = self
        if settings.cleanUp.majority == nil { settings.cleanUp.majority = naming?.majority }
        return settings
    }

    /// How samples are read for a model.
    func reading(_ scaling: Scaling) -> SampleReading {
        samples == .raw ? .raw(scaling.units) : .physical
    }

    /// Has a scene read as these settings want: in an area, at a model's pixel size.
    ///
    /// - Throws: ``AreaError`` or ``SegmentError`` where that cannot be.
    func place(_ scene: SceneReader, pixelSize: Double?) throws {
        if let area { try scene.limit(to: area) }
        if resample { try scene.resample(to: pixelSize) }
    }

    /// Why a scene cannot be mapped with a model; nil if it can.
    func problem(
        of scene: SceneReader, values: ValueSample, model: ModelBundle
    ) -> SegmentError? {
        if scaling != .model { return nil }
        if scene.sampleType != model.scaling.source {
            return .sampleType(
                path: scene.path, scene: scene.sampleType, model: model.scaling.source,
                canMatch: model.quantiles != nil)
        }
        do throws(SegmentError) {
            try check(unitsOf: scene, scaling: model.scaling)
        } catch {
            return error
        }
        guard scene.sampleType != .uint8, !force else { return nil }
        return values.refusal.map { .clipped(path: scene.path, $0) }
    }

    /// Refuses a scene whose samples stand for other values than those of the training data, where
    /// values are scaled by the model's limits.
    func check(unitsOf scene: SceneReader, scaling limits: Scaling) throws(SegmentError) {
        guard scaling == .model, samples == .physical, scene.sampleType != .uint8 else { return }
        for (index, unit) in scene.units.enumerated() {
            let trained = limits.units?[index] ?? .plain
            guard unit == trained else {
                throw .units(
                    path: scene.path, band: scene.bands[index], scene: unit, model: trained)
            }
        }
    }
}
