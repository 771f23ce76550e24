/// What all outputs of a scene are made from, whatever each of them shows.
struct MapOrigin: Hashable, Sendable {
    var sceneHash: String
    let modelHash: String
    let version: String
    /// What every output's hash of the settings covers: ``SegmentSettings/members(bands:bounds:grid:quantiles:)``.
    let settings: [String: JSONValue]
    let refine: Refine
    var cleanUp: CleanUp

    func provenance(of output: any MapOutput) -> MapProvenance {
        MapProvenance(
            sceneHash: sceneHash, modelHash: modelHash,
            settingsHash: Self.hash(
                settings, output: output.settings,
                refine: output.labellings.contains(.classes) ? refine : .network,
                cleanUp: output.showsCleanUp ? cleanUp : CleanUp()),
            version: version)
    }

    /// SHA-256 of what changes an output's pixels: neither threads nor memory.
    static func hash(
        _ settings: [String: JSONValue], output: JSONValue, refine: Refine, cleanUp: CleanUp
    ) -> String {
        var members = settings
        members["output"] = output
        // Maps of head B alone keep the hash that they had before there was anything else.
        if refine != .network { members["refine"] = .string(refine.rawValue) }
        if cleanUp.isOn { members["cleanUp"] = cleanUp.document }
        return SHA256.hex(Array(JSONValue.object(members).text.utf8))
    }
}
