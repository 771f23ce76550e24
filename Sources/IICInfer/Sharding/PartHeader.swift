/// What a part of a map says of itself: enough to make of its rows all that a run over the whole scene
/// makes, without the scene and without the model.
struct PartHeader: Sendable {
    /// An output whose rows it holds.
    struct Encoding: Hashable, Sendable {
        var kind: String
        /// ``MapOutput/settings``.
        var settings: JSONValue
        var pixelBytes: Int
    }

    static let format = 1

    var shard: Shard
    /// The scene's path, as a user named it.
    var scene: String
    /// Where the part lies in the map; nil for the part of a scene that is too small for so many.
    var window: PixelWindow?
    /// With the clean-up that a run over the whole scene would do.
    var origin: MapOrigin
    var frame: MapFrame
    var encodings: [Encoding]

    var pixelBytes: [Int] { encodings.map(\.pixelBytes) }

    /// One text for equal headers.
    var text: String {
        let document: JSONValue = [
            "format": .integer(Self.format), "version": .string(origin.version),
            "shard": [.integer(shard.index), .integer(shard.count)],
            "scene": .string(scene),
            "window": window.map {
                [.integer($0.x), .integer($0.y), .integer($0.width), .integer($0.height)]
            } ?? .null,
            "sceneSHA256": .string(origin.sceneHash), "modelSHA256": .string(origin.modelHash),
            "settings": .object(origin.settings), "refine": .string(origin.refine.rawValue),
            "cleanUp": origin.cleanUp.document,
            "size": [.integer(frame.width), .integer(frame.height)],
            "georeference": frame.georeference.document,
            "architecture": frame.architecture.document,
            "legend": frame.legend.document,
            "sceneTime": frame.sceneTime.flatMap { try? JSONValue(encoding: $0) } ?? .null,
            "sceneItem": frame.sceneItem.map { .string($0) } ?? .null,
            "outputs": .array(
                encodings.map {
                    [
                        "kind": .string($0.kind), "settings": $0.settings,
                        "pixelBytes": .integer($0.pixelBytes),
                    ]
                }),
        ]
        return document.exactText
    }
}

extension PartHeader {
    /// - Returns: nil for what ``text`` has not made.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes),
            document["format"]?.integer == Self.format,
            let version = document["version"]?.string, let scene = document["scene"]?.string,
            let sceneHash = document["sceneSHA256"]?.string,
            let modelHash = document["modelSHA256"]?.string,
            case .object(let settings) = document["settings"],
            let refine = document["refine"]?.string.flatMap(Refine.init),
            let cleanUp = document["cleanUp"].flatMap(CleanUp.init(document:)),
            let georeference = document["georeference"].flatMap(Georeference.init(document:)),
            let architecture = try? document["architecture"]?.decode(Architecture.self),
            (1...Int(MapWriter.nodata)).contains(architecture.classes),
            (1...1024).contains(architecture.overclusters),
            let legend = try? document["legend"]?.decode(Legend.self),
            legend.entries.count == architecture.classes,
            legend.entries.allSatisfy({ $0.colour.count == 3 })
        else { return nil }
        let shard = Self.numbers(document["shard"])
        let size = Self.numbers(document["size"])
        guard shard.count == 2, Shard.counts.contains(shard[1]), (1...shard[1]).contains(shard[0]),
            size.count == 2, size.allSatisfy({ (1...Int(Int32.max)).contains($0) })
        else { return nil }
        self.shard = Shard(shard[0], of: shard[1])
        self.scene = scene
        if let place = document["window"], place != .null {
            let place = Self.numbers(place)
            guard place.count == 4, (0..<size[0]).contains(place[0]),
                (0..<size[1]).contains(place[1]), (1...size[0] - place[0]).contains(place[2]),
                (1...size[1] - place[1]).contains(place[3])
            else { return nil }
            window = PixelWindow(x: place[0], y: place[1], width: place[2], height: place[3])
        }
        origin = MapOrigin(
            sceneHash: sceneHash, modelHash: modelHash, version: version, settings: settings,
            refine: refine, cleanUp: cleanUp)
        frame = MapFrame(
            width: size[0], height: size[1], georeference: georeference,
            architecture: architecture, legend: legend, threads: 1,
            sceneTime: try? document["sceneTime"]?.decode(SceneTime.self),
            sceneItem: document["sceneItem"]?.string)
        encodings = []
        for output in document["outputs"]?.array ?? [] {
            guard let kind = output["kind"]?.string, let settings = output["settings"],
                let pixelBytes = output["pixelBytes"]?.integer,
                (1...PartialEntry.mostBytes).contains(pixelBytes)
            else { return nil }
            encodings.append(Encoding(kind: kind, settings: settings, pixelBytes: pixelBytes))
        }
        guard !encodings.isEmpty else { return nil }
    }

    private static func numbers(_ value: JSONValue?) -> [Int] {
        value?.array?.compactMap(\.integer) ?? []
    }
}

extension CleanUp {
    /// Nil for what ``document`` has not made.
    fileprivate init?(document: JSONValue) {
        let (majority, sieve) = (document["majority"]?.integer, document["sieve"]?.integer)
        guard majority.map({ $0 % 2 == 1 && Self.majoritySizes.contains($0) }) ?? true,
            sieve.map(Self.sieveSizes.contains) ?? true
        else { return nil }
        self.init(majority: majority, sieve: sieve)
    }
}
