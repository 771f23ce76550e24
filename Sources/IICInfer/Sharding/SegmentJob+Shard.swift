/// One scene on several machines: each makes a part of the rows, and ``PartMerge`` all that is made of
/// them.
extension SegmentJob {
    /// A part of a map, for a line of text or a JSON line.
    public struct PartSummary: Sendable {
        public var path: String
        /// In the map, in pixels; nil for the part of a scene that is too small for so many.
        public var window: PixelWindow?
        public var sceneHash: String
        public var modelHash: String
        /// Whether it was there already.
        public var isUnchanged: Bool
    }

    /// Maps one part of a scene into a file, unless it is there already; leaves nothing behind unless
    /// it succeeds, but finished rows in `partial`.
    ///
    /// All shards of a scene hash all of it, whichever part they read, so that rows of two versions
    /// never meet. Percentiles or quantiles of the scene are measured by each shard.
    ///
    /// - Parameters:
    ///   - outputs: whose rows the part holds; their paths mean nothing. None follows the map.
    ///   - path: of the part.
    ///   - partial: as a run over the whole scene has it, and so are `warn`, `progress` and
    ///     `isCancelled`.
    /// - Throws: as a run over the whole scene.
    public func run(
        _ shard: Shard, scene scenePath: String, outputs: [any MapOutput], to path: String,
        partial: PartialRows? = nil, warn: (String) -> Void = { _ in },
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> PartSummary {
        precondition(
            outputs.allSatisfy { $0.role != .follower && $0.pixelBytes > 0 }, "outputs without rows"
        )
        for output in outputs { try output.check(architecture) }
        RemoteFile.forgetAll()
        let before = try FileIdentity(scene: scenePath, bands: settings.bands)
        let scene = try open(scenePath, making: outputs)
        for note in try notes(on: scene) { warn(note) }
        try OutputPaths.check([path], inputs: before.files + inputs)
        AtomicFile.removeLeftovers(of: [path])
        var header = header(of: shard, scene: scene, outputs: outputs)
        if try isThere(path, header, isCancelled: isCancelled) {
            return try summary(of: PartReader(path).header, at: path, isUnchanged: true)
        }
        try keepingRows(in: partial) { rows in
            let writer = try PartWriter(path: path)
            header.origin.sceneHash = try BackgroundHash.sha256(
                scene: scenePath, files: before.files, isCancelled: isCancelled
            ) { isCancelled in
                guard let window = header.window else { return }
                let corner = scene.window
                let part = try self.part(
                    PixelWindow(
                        x: corner.x + window.x, y: corner.y + window.y, width: window.width,
                        height: window.height), of: scene, for: outputs)
                begin(rows, part, files: before, outputs: outputs, warn: warn)
                try segment(
                    part, keeping: rows,
                    write: { encoder, pixels, place in
                        try writer.write(
                            pixels, encoder: encoder,
                            window: PixelWindow(
                                x: window.x + place.x, y: window.y + place.y, width: place.width,
                                height: place.height))
                    }, progress: progress, isCancelled: isCancelled)
            }
            guard try FileIdentity(scene: scenePath, bands: settings.bands) == before else {
                throw SegmentError.changed(path: scenePath)
            }
            try writer.finish(header)
        }
        return summary(of: header, at: path, isUnchanged: false)
    }

    /// Without the scene's hash.
    private func header(
        of shard: Shard, scene: Scene, outputs: [any MapOutput]
    ) -> PartHeader {
        let whole = scene.window
        var window = SceneParts.windows(
            of: whole, count: shard.count, geometry: settings.geometry,
            wholeRows: scene.reader.hasWholeRows)[shard.index - 1]
        window?.x -= whole.x
        window?.y -= whole.y
        return PartHeader(
            shard: shard, scene: scene.reader.path, window: window,
            origin: origin(of: scene, sceneHash: ""), frame: frame(of: scene),
            encodings: outputs.map(PartHeader.Encoding.init))
    }

    /// Whether a part of this header is at `path`, of the scene as it is now.
    private func isThere(
        _ path: String, _ header: PartHeader, isCancelled: () -> Bool
    ) throws -> Bool {
        guard let found = try? PartReader(path).header else { return false }
        var header = header
        header.origin.sceneHash = found.origin.sceneHash
        guard header.text == found.text else { return false }
        return try found.origin.sceneHash
            == SceneHash.sha256(
                scene: header.scene, bands: settings.bands, isCancelled: isCancelled)
    }

    private func summary(
        of header: PartHeader, at path: String, isUnchanged: Bool
    ) -> PartSummary {
        PartSummary(
            path: path, window: header.window, sceneHash: header.origin.sceneHash,
            modelHash: header.origin.modelHash, isUnchanged: isUnchanged)
    }
}

extension PartHeader.Encoding {
    init(_ output: any MapOutput) {
        self.init(kind: output.kind, settings: output.settings, pixelBytes: output.pixelBytes)
    }
}
