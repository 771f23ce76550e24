extension SegmentJob {
    /// Makes all outputs of one scene in one pass; unless it succeeds, nothing new is left behind but
    /// finished rows in `partial`.
    ///
    /// Rows are kept as they are computed, before any clean-up. They stay when the run is interrupted,
    /// killed, or fails for a reason that may pass; the next run for the same scene, model and settings
    /// does not compute them again, whatever its threads, its memory limit and the paths of its
    /// outputs, and writes the same bytes. Percentiles or quantiles of the scene are measured again.
    /// Scenes on servers, whose versions cannot be told, are not kept, nor is what another process is
    /// keeping just now.
    ///
    /// - Parameters:
    ///   - outputs: named together, from the last to the first: where the first one is, all are.
    ///   - partial: where finished rows are kept; nil to keep none.
    ///   - warn: told, in sentences, what a user should know of the scene and its outputs.
    ///   - progress: called by one thread at a time, not always the caller's. Of rows that were kept
    ///     the first report says that they are done.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what ``open(_:for:)`` throws, ``OutputPathError``, ``AtomicFileError`` or
    ///   ``Interrupted``.
    @discardableResult
    public func run(
        scene path: String, outputs: [any MapOutput], partial: PartialRows? = nil,
        warn: (String) -> Void = { _ in },
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> SegmentSummary {
        try run(
            scene: path, outputs: outputs, partial: partial, by: SingleRank(), warn: warn,
            progress: progress, isCancelled: isCancelled)
    }

    /// The same as rank 0 of some processes, of which the others run
    /// ``compute(scene:outputs:for:isCancelled:)``.
    @discardableResult
    package func run(
        scene path: String, outputs: [any MapOutput], partial: PartialRows? = nil,
        by ranks: any Ranks, warn: (String) -> Void = { _ in },
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> SegmentSummary {
        try keepingRows(in: partial) { rows in
            try run(
                scene: path, outputs: outputs, rows: rows, ranks: ranks, warn: warn,
                progress: progress,
                isCancelled: isCancelled)
        }
    }

    /// Runs `body` with a file for finished rows, which stays if `body` may go on another time.
    func keepingRows<Value>(
        in partial: PartialRows?, _ body: (PartialFile) throws -> Value
    ) throws -> Value {
        let rows = PartialFile(in: partial)
        do {
            let value = try body(rows)
            rows.remove()
            return value
        } catch {
            if !Self.mayGoOn(after: error) { rows.remove() }
            throw error
        }
    }

    /// Whether the same run may come to its end another time.
    private static func mayGoOn(after error: any Error) -> Bool {
        // Rows of a scene that has changed are those of no scene.
        if case .changed = error as? SegmentError { return false }
        guard let status = (error as? any UserError)?.exitStatus else { return false }
        return status == .interrupted || status.isPassing
    }

    /// What names a scene's finished rows in a ``PartialRows`` folder: a hash of all that they depend
    /// on. Nil for a scene whose version cannot be told.
    ///
    /// - Throws: as ``open(_:for:)``.
    public func partialKey(scene path: String, outputs: [any MapOutput]) throws -> String? {
        try partialKey(
            open(path, making: outputs), files: FileIdentity(scene: path, bands: settings.bands),
            outputs: outputs)
    }

    private func partialKey(
        _ scene: Scene, files: FileIdentity, outputs: [any MapOutput]
    ) -> String? {
        guard let stamps = files.text else { return nil }
        let origin = origin(of: scene, sceneHash: "")
        let encoding: [JSONValue] = outputs.filter { $0.role != .follower }.map { output in
            let settings = origin.provenance(of: output).settingsHash
            return [.string(settings), .integer(output.pixelBytes)]
        }
        let parts: JSONValue = [
            "scene": .string(scene.reader.path), "files": .string(stamps),
            "size": [.integer(scene.width), .integer(scene.height)],
            "model": .string(modelHash), "outputs": .array(encoding),
            "version": .string(Software.version),
        ]
        return SHA256.hex(Array(parts.text.utf8))
    }

    /// Has the rows of a scene kept, if they can be and the disks have room for them.
    func begin(
        _ rows: PartialFile, _ scene: Scene, files: FileIdentity, outputs: [any MapOutput],
        warn: (String) -> Void
    ) {
        guard let store = rows.store,
            let key = partialKey(scene, files: files, outputs: outputs)
        else { return }
        let pixelBytes = scene.encoders.map(\.pixelBytes)
        let need = rows.bytesToCome(
            key, pixels: scene.width * scene.height, pixelBytes: pixelBytes.reduce(0, +))
        guard
            DiskSpace.hasRoom(
                for: need, in: store.folder, beside: outputs, width: scene.width,
                height: scene.height)
        else {
            warn(
                "“\(store.folder)” has no room for \(need >> 20) MiB of finished rows: "
                    + "“\(scene.reader.path)” is mapped from the start if it is interrupted.")
            return
        }
        rows.begin(key, width: scene.width, height: scene.height, pixelBytes: pixelBytes)
    }

    /// Runs a scene as ``segment(_:finished:write:progress:isCancelled:)`` does, but for the rows that
    /// are there, which are handed on first, and keeps the others.
    func segment(
        _ scene: Scene, keeping rows: PartialFile,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void,
        isCancelled: @Sendable () -> Bool
    ) throws {
        let finished = try rows.restore(write: write, isCancelled: isCancelled)
        try segment(
            scene, finished: finished.parts,
            write: { encoder, pixels, window in
                try write(encoder, pixels, window)
                rows.keep(pixels, encoder: encoder, window: window)
            }, progress: progress, isCancelled: isCancelled)
    }
}
