import IICInfer
import IICKernels

/// How a training's memory limit is spent.
struct TrainingMemory {
    /// Peak bytes of everything but the activations kept between the two passes.
    let least: Int

    /// Logs and the report, and what reading data takes beside its pixels, come on top.
    private static let base = ProcessMemory.base + 20 << 20

    /// - Parameters:
    ///   - readingBytes: what reading a crop takes for a while.
    ///   - ranks: the processes that share each batch.
    init(
        settings: TrainingSettings, threads: Int, readingBytes: Int = 0,
        ranks: any Ranks = SingleRank()
    ) {
        let architecture = settings.architecture
        let shape = NetworkShape(
            architecture: architecture, geometry: settings.geometry, height: settings.crop,
            width: settings.crop)
        let group = min(settings.group, settings.batch)
        // Smaller batches, at the end of an epoch, may have larger groups.
        let groups = TrainingBatch.groups(count: settings.batch, size: settings.group).count
        let share = GroupShare(groups: groups, ranks: ranks.count)
        let images = min(
            settings.batch, group * GroupShare.most(groups: groups, ranks: ranks.count))
        let blocks = GroupSum<Float>.blocks(share, rank: ranks.rank)
        let weights = ParameterLayout(architecture).count
        let largestLayer = architecture.layers.map { 9 * $0.inputs * $0.outputs }.max() ?? 0
        let views = settings.views == .separate ? 3 : 2
        let maps = Head.allCases.reduce(0) {
            $0 + architecture.subheads(of: $1) * architecture.classes(of: $1)
        }
        let pixels = settings.crop * settings.crop
        var total = Self.base + readingBytes
        // Weights, their mean, those of the best checkpoints, Adam's moments, gradient, a copy for a
        // file; a gradient an image while it adds up.
        let copies = 6 + CheckpointRule.allCases.count + (settings.averaging == nil ? 0 : 1)
        total += 4 * (copies * weights + 3 * largestLayer)
        // Gradients of groups while they are added.
        total += 4 * blocks * weights
        // One group's activations, and two layers' gradients on the way back.
        let plan = TrainingPlan(shape)
        total += GroupPass.bytes(images: group, plan: plan) + 8 * plan.largestOutput * group
        // The weights transformed, and what all groups share.
        total += TrainingNetwork.bytes(plan) + TrainingScratch.bytes(plan, threads: threads)
        // Images and masks, those of the next step too, and the crop that they are made of.
        let frames = settings.translation == nil ? 1 : 3
        total += 2 * images * views * pixels * (4 * architecture.channels + 8 * frames)
        // A model is calibrated on whole batches, by rank 0.
        if ranks.count > 1 && ranks.rank == 0 {
            total += 2 * settings.batch * pixels * 4 * architecture.channels
        }
        let largest = settings.largestCrop * settings.largestCrop
        total += 4 * largest * (4 * architecture.channels + 8)
        // The heads' maps and their gradients.
        total += 8 * images * views * shape.headHeight * shape.headWidth * maps
        // The objective of one head at a time; more arrays of joints while groups are added and while
        // it is evaluated, and three whole images a thread to warp.
        let loss = settings.loss.loss(displacementRadius: settings.displacementRadius, lambda: 1)
        let isWarped = settings.affine != nil || settings.translation != nil
        total +=
            Head.allCases.map { head in
                let field = FieldShape(
                    height: settings.crop, width: settings.crop,
                    classes: architecture.classes(of: head))
                return loss.jointSumBytes(field, images: images, threads: threads)
                    + (blocks + 5) * 8 * loss.jointCount(classes: field.classes)
                    + (isWarped ? 3 * 8 * threads * field.count : 0)
            }.max() ?? 0
        // A model that is written has its refinement fitted to pixels in memory.
        if settings.refine == true {
            var architecture = architecture
            if settings.heads == .overclustering {
                architecture.classes = architecture.overclusters
            }
            total += RefinementSample.bytes(architecture: architecture, threads: threads)
        }
        least = total
    }

    /// Bytes of activations and of data that may stay in memory, or an error that names the least
    /// limit that works.
    ///
    /// Data get a quarter at most: to read a tile again costs less than to run a group again.
    func share(limit: Int, dataBytes: Int) throws -> (kept: Int, cache: Int) {
        guard limit >= least else {
            let mebibytes = (least >> 20) + 1
            throw TrainingError(
                "Training with these settings needs --memory \(mebibytes)MiB or more, "
                    + "not \(limit >> 20)MiB; a smaller --group, --batch or --crop needs less.",
                exitStatus: .usage)
        }
        let cache = min(dataBytes, (limit - least) / 4)
        return (limit - least - cache, cache)
    }
}
