/// Joins the parts of a map that shards have made: the rows of all of them go where those of a run over
/// the whole scene go, so that all outputs have the bytes of such a run.
public struct PartMerge {
    private let parts: [PartReader]
    private let header: PartHeader

    /// The network as outputs see it.
    package var architecture: Architecture { header.frame.architecture }
    /// What the parts' own run would have cleaned up.
    public var cleanUp: CleanUp { header.origin.cleanUp }

    /// Opens parts and checks that they are all parts of one map; their rows are looked at later.
    ///
    /// - Parameter paths: in any order.
    /// - Throws: ``PartError`` or ``FileError``.
    public init(_ paths: [String]) throws {
        precondition(!paths.isEmpty, "no parts")
        parts = try paths.map { try PartReader($0) }
        header = parts[0].header
        var seen: [Int: String] = [:]
        for part in parts {
            guard part.header.origin.version == Software.version else {
                throw PartError.version(path: part.path, part.header.origin.version)
            }
            if let difference = part.header.difference(from: header) {
                throw PartError.differ(path: part.path, from: parts[0].path, difference)
            }
            if let other = seen.updateValue(part.path, forKey: part.header.shard.index) {
                throw PartError.twice(path: part.path, other: other, part.header.shard)
            }
        }
        let missing = (1...header.shard.count).filter { seen[$0] == nil }
        guard missing.isEmpty else {
            throw PartError.missing(missing, of: header.shard.count)
        }
        var area = FinishedArea()
        for part in parts {
            guard let window = part.header.window else { continue }
            if area.overlaps(window) { throw PartError.noMap(path: part.path) }
            area.add(window)
        }
        guard area.count == header.frame.width * header.frame.height else {
            throw PartError.noMap(path: parts[0].path)
        }
    }

    /// Makes all outputs; unless it succeeds, nothing new is left behind.
    ///
    /// - Parameters:
    ///   - outputs: those that are made of rows must be among those that the shards were asked for.
    ///   - cleanUp: what is done to the map of classes.
    ///   - warn: as ``SegmentJob`` has it, and so are `progress` and `isCancelled`.
    /// - Throws: ``PartError``, ``MemoryBudgetError``, ``OutputPathError``, ``AtomicFileError``,
    ///   ``FileError`` or ``Interrupted``.
    public func run(
        outputs: [any MapOutput], cleanUp: CleanUp, memoryLimit: Int, threads: Int,
        warn: (String) -> Void = { _ in },
        progress: (_ stage: SegmentJob.Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> SegmentSummary {
        var (origin, frame) = (header.origin, header.frame)
        origin.cleanUp = cleanUp
        frame.threads = threads
        for output in outputs { try output.check(frame.architecture) }
        let targets = try targets(outputs)
        let files = outputs.flatMap { $0.files + $0.companions }
        let scene = SceneStack(path: header.scene)?.files ?? [header.scene]
        try OutputPaths.check(files, inputs: parts.map(\.path) + scene)
        AtomicFile.removeLeftovers(of: files)
        // A missing permission is reported before the long part.
        for file in files { _ = try AtomicFile(path: file) }
        try DiskSpace.check(outputs, width: frame.width, height: frame.height)
        let memory = try memory(for: outputs, cleanUp: cleanUp, limit: memoryLimit)
        let maps = try MapAssembly(outputs, frame: frame)
        let tile = SwathLayout.tile * SwathLayout.tile
        let all = frame.width * frame.height
        let total = (all + tile - 1) / tile
        // Of every encoding, of which each pixel comes once.
        var done = 0
        for part in parts {
            try part.forEach { entry in
                if isCancelled() { throw Interrupted() }
                for target in targets[entry.encoder] {
                    try maps.write(target, entry.pixels.span, entry.window)
                }
                done += entry.window.count
                let each = done / header.encodings.count
                progress(.segmenting, each == all ? total : each / tile, total)
            }
        }
        let summaries = try maps.finish(
            origin, memory: memory, warn: warn, progress: progress, isCancelled: isCancelled)
        return SegmentSummary(
            scene: header.scene, width: frame.width, height: frame.height,
            sceneHash: origin.sceneHash, modelHash: origin.modelHash, outputs: summaries)
    }

    /// For each of the parts' encodings, which of the outputs that encode rows take it.
    private func targets(_ outputs: [any MapOutput]) throws(PartError) -> [[Int]] {
        var targets = [[Int]](repeating: [], count: header.encodings.count)
        for (index, output) in outputs.filter({ $0.role != .follower }).enumerated()
        where output.pixelBytes > 0 {
            guard let encoding = header.encodings.firstIndex(of: PartHeader.Encoding(output)) else {
                throw header.encodings.contains { $0.kind == output.kind }
                    ? PartError.otherForm(kind: output.kind) : .lacks(kind: output.kind)
            }
            targets[encoding].append(index)
        }
        return targets
    }

    private func memory(
        for outputs: [any MapOutput], cleanUp: CleanUp, limit: Int
    ) throws(MemoryBudgetError) -> FinishingMemory {
        let (width, height) = (header.frame.width, header.frame.height)
        let (kept, finishing) = MapAssembly.memory(
            outputs, cleanUp: cleanUp, width: width, height: height,
            classes: header.frame.architecture.classes)
        let own = outputs.filter { $0.role != .follower }
            .reduce(kept) { $0 + $1.memoryBytes(width: width, height: height) }
        return try MemoryBudget.finishing(limit: limit, outputs: own, finishing: finishing)
    }
}

extension PartHeader {
    /// Why the rows of two parts are no rows of one map; nil if they are.
    fileprivate func difference(from other: PartHeader) -> PartError.Difference? {
        if origin.sceneHash != other.origin.sceneHash { return .scene }
        if origin.modelHash != other.origin.modelHash { return .model }
        if origin.settings != other.origin.settings || origin.refine != other.origin.refine
            || origin.cleanUp != other.origin.cleanUp
        {
            return .settings
        }
        if encodings != other.encodings { return .outputs }
        if frame.legend != other.frame.legend { return .legend }
        if shard.count != other.shard.count { return .count }
        var same = self
        (same.shard, same.window, same.scene) = (other.shard, other.window, other.scene)
        return same.text == other.text ? nil : .scene
    }
}
