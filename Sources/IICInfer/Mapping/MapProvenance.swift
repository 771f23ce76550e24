internal import CGDAL

/// What a map's pixels were made from: equal for two maps only if their pixels are.
///
/// What classes are called is not among it: a map carries its legend's hash beside these.
public struct MapProvenance: Sendable, Hashable {
    public var sceneHash: String
    public var modelHash: String
    public var settingsHash: String
    public var version: String

    /// The metadata items of a map's file.
    var items: [String: String] {
        [
            "IICD_SCENE_SHA256": sceneHash, "IICD_MODEL_SHA256": modelHash,
            "IICD_SETTINGS_SHA256": settingsHash, "IICD_VERSION": version,
        ]
    }

    public init(sceneHash: String, modelHash: String, settingsHash: String, version: String) {
        self.sceneHash = sceneHash
        self.modelHash = modelHash
        self.settingsHash = settingsHash
        self.version = version
    }

    /// Of a finished map or picture; nil if there is no whole one with provenance at `path`.
    public init?(file path: String) {
        // Whatever is wrong with it, it is not the file that was meant.
        guard let map = try? SceneReader.open(path) else { return nil }
        self.init(metadataOf: map)
    }

    /// Of finished polygons; nil if there are no whole ones with provenance at `path`.
    public init?(geoPackage path: String) {
        guard let file = try? GDALDataset(reading: path, isVector: true) else { return nil }
        self.init(metadataOf: file)
    }

    /// Of the legend of finished polygons.
    static func legendHash(geoPackage path: String) -> String? {
        guard let file = try? GDALDataset(reading: path, isVector: true) else { return nil }
        return unsafe GDALGetMetadataItem(file.handle, "IICD_LEGEND_SHA256", nil)
            .map { unsafe String(cString: $0) }
    }

    private init?(metadataOf dataset: borrowing GDALDataset) {
        let handle = unsafe dataset.handle
        self.init { name in
            unsafe GDALGetMetadataItem(handle, name, nil).map { unsafe String(cString: $0) }
        }
    }

    /// Of metadata items; nil if one is missing.
    init?(item: (_ name: String) -> String?) {
        guard let scene = item("IICD_SCENE_SHA256"), let model = item("IICD_MODEL_SHA256"),
            let settings = item("IICD_SETTINGS_SHA256"), let version = item("IICD_VERSION")
        else { return nil }
        self.init(sceneHash: scene, modelHash: model, settingsHash: settings, version: version)
    }
}
