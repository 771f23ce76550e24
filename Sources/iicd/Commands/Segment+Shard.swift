import ArgumentParser
import IICDaemon
import IICInfer

/// Shares of the work, for machines that do not talk to each other.
extension Segment {
    /// Whether all files that were named are one scene.
    var isOneScene: Bool { stack || scenes.count == 1 && !PathCalls.isFolder(scenes[0]) }

    /// Whether a part of one scene is mapped, not some of many scenes.
    var makesPart: Bool { shard != nil && isOneScene && !SegmentOutput.isFolder(output) }

    /// The share that is this process's; nil for all of the work.
    var share: Shard? {
        get throws {
            try shard?.shard(in: ProgramInput.environment(ShardChoice.variables))
        }
    }

    func validateShare() throws {
        guard !worker.isOn || shard == nil else {
            throw ValidationError("A worker maps a whole scene: leave --shard out.")
        }
        do { _ = try share } catch let error as UsageError {
            throw ValidationError(error.description)
        }
        if let launched = JobRanks.launched, launched.count > 1, !isOneScene || shard != nil {
            throw ValidationError(
                "\(launched.count) processes of one job map one scene: give one, or --shard without "
                    + "mpirun for some.")
        }
    }

    /// What scenes are read from: all files together are one with ``stack``, and a folder is the scenes
    /// in it.
    var sources: [String] {
        get throws {
            if stack { return [SceneStack(scenes).path] }
            return try scenes.flatMap { path in
                guard PathCalls.isFolder(path) else { return [path] }
                let found = try FolderListing.entries(in: path).filter {
                    $0.kind != .folder && SceneNames.isScene($0.name)
                }
                guard !found.isEmpty else {
                    throw UsageError(
                        description: "There is no scene (.tif, .tiff, .jp2, .vrt) in “\(path)”.")
                }
                return found.map { SegmentOutput.path(of: $0.name.text, in: path) }
            }
        }
    }

    /// The scenes of one shard.
    func work<Outputs>(
        of shard: Shard, in all: [(scene: String, outputs: Outputs)]
    ) throws -> [(scene: String, outputs: Outputs)] {
        let scenes = all.map(\.scene)
        let shards = ShardPlan.shards(
            scenes: scenes.map { FileName($0) },
            pixels: try ShardPlan.pixels(of: scenes, bands: flags.settings.bands),
            count: shard.count)
        let mine = zip(all, shards).filter { $0.1 == shard.index }.map(\.0)
        if mine.isEmpty {
            let count = all.count == 1 ? "is 1 scene" : "are \(all.count) scenes"
            StandardError.warn("Shard \(shard) is empty: there \(count) in all.")
        }
        return mine
    }

    /// Whether a scene has all that is asked for already, as a run would make it; says so.
    func isThere(
        _ scene: String, _ outputs: [any MapOutput], of job: SegmentJob
    ) throws -> Bool {
        guard
            try job.isDone(
                scene: scene, outputs: outputs, isCancelled: { Interruption.requested })
        else { return false }
        StandardError.warn("“\(outputs[0].path)” is there already.")
        return true
    }

    /// Maps this process's part of one scene.
    func runPart(_ shard: Shard) throws {
        let (job, work) = try prepare()
        let (scene, outputs) = work[0]
        for (request, output) in zip(requests(), outputs)
        where output.role == .follower || output.pixelBytes == 0 {
            throw UsageError(
                description:
                    "\(request.flag) is made of the whole map: give it to iicd merge, not to "
                    + "the shards.")
        }
        Interruption.install()
        let bar = StageBar(label: SegmentOutput.label(of: scene) + " \(shard)", json: json)
        defer { bar.finish() }
        let summary = try job.run(
            shard, scene: scene, outputs: outputs, to: shard.partPath(of: output),
            partial: partial.map { PartialRows(folder: $0) }, warn: { StandardError.warn($0) },
            progress: { bar.update($0, done: $1, of: $2) },
            isCancelled: { Interruption.requested })
        bar.finish()
        if summary.isUnchanged { StandardError.warn("“\(summary.path)” is there already.") }
        SegmentOutput.show(summary, of: shard, scene: scene, json: json)
    }

    /// Maps one scene together with other processes, of which rank 0 writes and tells.
    func run(
        _ job: SegmentJob, _ work: [(scene: String, outputs: [any MapOutput])],
        by ranks: any Ranks
    ) throws {
        Interruption.install()
        let (scene, outputs) = work[0]
        if ranks.rank == 0 {
            try segment(scene, to: outputs, with: job, by: ranks)
        } else {
            try job.compute(
                scene: scene, outputs: outputs, for: ranks,
                isCancelled: { Interruption.requested })
        }
    }
}
