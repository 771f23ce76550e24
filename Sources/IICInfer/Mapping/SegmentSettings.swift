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

/// What a user chooses for the map of a scene.
public struct SegmentSettings: Sendable, Hashable {
    public var geometry = Geometry.seamless
    /// The scene's bands for the model, from 1; found by what the scene tells if nil.
    public var bands: [Int]?
    /// The part to map, in the scene's pixels; clipped to it. All of it if nil.
    public var bounds: PixelWindow?
    public var scaling = ScalingSource.model
    /// What makes the classes; what the model is made for if nil.
    public var refine: Refine?
    /// Whether scenes are mapped that are refused for what they claim to be, such as far more pixels
    /// than their files can hold; no part of the hash, since pixels do not depend on it.
    public var force = false
    /// Bytes that the whole program may take.
    public var memoryLimit = 1 << 30
    public var threads: Int

    public init(threads: Int) {
        precondition(threads > 0, "\(threads) threads")
        self.threads = threads
    }

    /// SHA-256 of what changes an output's pixels: neither threads nor memory.
    ///
    /// - Parameters:
    ///   - refine: what was chosen or found.
    ///   - output: its own part, ``MapOutput/settings``.
    ///   - bands: those that were found.
    ///   - bounds: already clipped; nil for the whole scene.
    ///   - quantiles: the model's; they change pixels only with ``ScalingSource/match``.
    func hash(
        output: JSONValue, refine: Refine, bands: [Int], bounds: PixelWindow?,
        quantiles: BandQuantiles?
    ) -> String {
        var members: [String: JSONValue] = [
            "geometry": .string(geometry.rawValue),
            "bands": .array(bands.map(JSONValue.integer)),
            "bounds": bounds.map {
                [.integer($0.x), .integer($0.y), .integer($0.width), .integer($0.height)]
            } ?? .null,
            "scaling": .string(scaling.rawValue), "output": output,
        ]
        // Maps of head B alone keep the hash that they had before there was anything else.
        if refine != .network { members["refine"] = .string(refine.rawValue) }
        if scaling == .match { members["quantiles"] = quantiles?.document }
        return SHA256.hex(Array(JSONValue.object(members).text.utf8))
    }
}
