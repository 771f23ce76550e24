package import IICInfer

/// Trains a network by Invariant Information Clustering, a step at a time.
///
/// One seed, one result: which crops, views and orders a step sees is a function of the seed and
/// the step's number, so a run that was stopped and resumed gives the same bits.
package final class Trainer {
    package let settings: TrainingSettings
    package private(set) var state: TrainingState
    let source: any TrainingSource
    let feed: BatchFeed
    let engine: BatchGradient
    let ranks: any Ranks
    /// Whether the other ranks have been told that no step follows.
    var isReleased = false
    var waits: [(waited: Double, all: Double)] = []
    var stepping = Duration.zero
    private var objectiveTime = Duration.zero

    /// - Parameter ranks: the processes that share each step; all have the same settings, data and
    ///   state.
    /// - Throws: ``TrainingError`` if the settings are wrong or the memory limit is too small.
    package init(
        settings: TrainingSettings, source: any TrainingSource, memory: Int, threads: Int,
        resuming state: TrainingState? = nil, ranks: any Ranks = SingleRank()
    ) throws {
        if let problem = settings.problem { throw TrainingError(problem, exitStatus: .usage) }
        self.settings = settings
        self.source = source
        self.state =
            state
            ?? TrainingState(
                weights: ParameterBlock(initial: settings.architecture, seed: settings.seed))
        self.ranks = ranks
        feed = BatchFeed(settings: settings, source: source, ranks: ranks)
        let pool = ComputePool(threads: threads)
        let budget = try TrainingMemory(
            settings: settings, threads: pool.threads, readingBytes: source.readingBytes,
            ranks: ranks
        ).share(limit: memory, dataBytes: source.byteCount)
        source.allowCache(bytes: budget.cache)
        engine = BatchGradient(
            shape: NetworkShape(
                architecture: settings.architecture, geometry: settings.geometry,
                height: settings.crop, width: settings.crop),
            groupSize: settings.group,
            keptBytes: budget.kept, pool: pool, ranks: ranks)
    }

    // A source must not be read any more when the process ends.
    deinit { feed.finish() }

    /// Steps of one epoch.
    package var stepsPerEpoch: Int { feed.stepsPerEpoch }

    /// How many of this rank's groups of a whole batch, all views', run forward twice a step for want
    /// of memory.
    package var recomputedGroups: (count: Int, all: Int) {
        let kept = engine.kept(
            groups: engine.part(count: min(settings.batch, source.count)).groups.map(\.images),
            views: settings.views == .separate ? 3 : 2)
        return (kept.count { !$0 }, kept.count)
    }

    /// The share of the time in ``step()`` that went by without data to compute on.
    package var waitShare: Double {
        stepping > .zero ? feed.waited / stepping : 0
    }

    /// The share of the time in ``step()`` that the loss of the maps and its gradient took.
    package var objectiveShare: Double {
        stepping > .zero ? objectiveTime / stepping : 0
    }

    /// Takes one step, together with the other ranks.
    ///
    /// - Throws: what reading throws, whichever rank it was that read; ``TrainingError`` if the loss is
    ///   not finite; ``Interrupted``. The state is then that before the step, and all ranks throw.
    @discardableResult
    package func step(isCancelled: () -> Bool = { false }) throws -> BatchLoss {
        do { return try sharedStep(isCancelled: isCancelled) } catch {
            isReleased = true
            throw error
        }
    }

    private func sharedStep(isCancelled: () -> Bool) throws -> BatchLoss {
        let start = ContinuousClock.now
        defer { stepping += ContinuousClock.now - start }
        let batch = try nextBatch(isCancelled: isCancelled)
        let objective = Objective(
            kind: settings.loss, displacementRadius: settings.displacementRadius,
            lambdas: [.A: settings.lambdaA, .B: settings.lambdaB],
            weights: feed.headWeights(step: state.step))
        var weights = state.weights
        let (loss, gradients, objectiveTime) = try engine.run(
            batch, objective: objective, weights: &weights, isCancelled: isCancelled)
        self.objectiveTime += objectiveTime
        // ReLU turns NaN into 0, so a loss alone may hide it.
        let lost =
            loss.isFinite ? gradients.nonFiniteTensor.map { "gradient of “\($0)”" } : "loss"
        if let lost {
            throw TrainingError(
                "The \(lost) is no longer a number at step \(state.step + 1): train again with a "
                    + "lower --lr than \(settings.rate).",
                exitStatus: .failed)
        }
        state.optimizer.step(
            &weights, gradients: gradients, heads: Array(objective.weights.keys),
            rate: rate(step: state.step), pool: engine.pool)
        state.weights = weights
        state.updates += 1 + batch.views.count
        state.step += 1
        if let averaging = settings.averaging {
            // Follows closely at first: the beginning is nothing to remember.
            let share = max(1 / Float(averaging), 10 / Float(state.step + 10))
            state.average = state.average ?? weights
            state.average?.approach(weights, by: share)
        }
        state.record(loss)
        return loss
    }

    package func spend(seconds: Double) { state.seconds += seconds }

    /// Keeps the model as it stands if its snapshot says that it is the best so far.
    ///
    /// - Returns: whether it is.
    package func keep(_ snapshot: Snapshot, if rule: CheckpointRule) -> Bool {
        guard let score = rule.score(snapshot), score > state.best[rule]?.score ?? -.infinity else {
            return false
        }
        state.best[rule] = BestCheckpoint(
            step: state.step, score: score, weights: modelWeights, updates: state.updates)
        return true
    }

    /// Those of the model as it stands: the mean if there is one, one sub-head a head.
    private var modelWeights: ParameterBlock {
        (state.average ?? state.weights).keepingSubheads(state.keptSubhead)
    }

    /// Pairs of views that a step, counted from 0, compares.
    package func pairs(step: Int) -> Int {
        feed.images(of: step).count * (settings.views == .separate ? 2 : 1)
    }

    /// The learning rate of a step, counted from 0.
    package func rate(step: Int) -> Double {
        settings.rate(step: step, epoch: step / stepsPerEpoch)
    }

    /// What it trains on.
    package var dataSummary: JSONValue { source.summary.adding(constantBands) }

    /// Bands of the data that tell nothing.
    package var constantBands: [ConstantBand] { ConstantBand.all(of: source) }

    /// How many bands the data have.
    var bandCount: Int { source.roles.count }

    /// Of the model.
    package var classes: Int { settings.architecture.classes(of: labelHead) }

    /// The head whose clusters are the model's classes.
    package var labelHead: Head { settings.heads == .overclustering ? .A : .B }

    /// That head's sub-head that the model keeps, from 0.
    package var keptSubhead: Int {
        state.keptSubhead(of: labelHead)
    }

    /// Which part of `limit` is reached; nil if none is.
    package func end(by limit: TrainingLimit) -> TrainingEnd? {
        limit.end(
            step: state.step, stepsPerEpoch: stepsPerEpoch, seconds: state.seconds,
            best: state.best[.agreement]?.step)
    }

    /// The model as it stands, or as it was at an earlier checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: whether it is the whole state that is wanted, for a resumption.
    ///   - pixels: on about how many of them, in whole batches, a model without tracked statistics
    ///     is calibrated; a checkpoint needs none.
    ///   - refining: of parts with about how many pixels a refinement is fitted, if the settings want
    ///     one; nil for none.
    package func bundle(
        checkpoint: Bool, pixels: Int = 1 << 20, refining: Int? = nil,
        of best: BestCheckpoint? = nil
    ) throws -> ModelBundle {
        var (weights, updates) = (state.weights, state.updates)
        if !checkpoint {
            weights = best?.weights ?? modelWeights
            updates = best?.updates ?? updates
            if !settings.tracking { try calibrate(&weights, pixels: pixels) }
            if settings.heads == .overclustering { weights = weights.overclustersAsClasses() }
        }
        var refinement: Mixture?
        if let refining, settings.refine == true {
            refinement = try self.refinement(weights, work: refining)
        }
        var bundle = ModelBundle(
            geometry: settings.geometry, bands: source.roles, scaling: source.scaling,
            legend: .unnamed(classes: weights.architecture.classes), preset: settings.preset,
            softwareVersion: Software.version, weights: weights, refinement: refinement,
            quantiles: source.quantiles, pixelSizeMetres: source.pixelSizeMetres,
            training: try JSONValue(encoding: settings), data: dataSummary,
            history: state.history, tracksRunningStatistics: settings.tracking,
            batchesTracked: weights.architecture.layers.map { _ in updates })
        if checkpoint { try state.write(into: &bundle) }
        return bundle
    }

    /// Of a calibrated model; nil if its data hold nothing to fit one to.
    private func refinement(_ weights: ParameterBlock, work: Int) throws -> Mixture? {
        // The feed reads ahead on a thread of its own.
        feed.finish()
        let sample = try RefinementSample(
            images: RefinementImages(source), seed: settings.seed, work: work
        ).draw(weights, pool: engine.pool, isCancelled: { false })
        return try MixtureFit.fit(
            sample, classes: weights.architecture.classes, pool: engine.pool)
    }

    /// Gives a model without tracked statistics those of its training data, batch by batch.
    private func calibrate(_ weights: inout ParameterBlock, pixels: Int) throws {
        let batches = max(1, pixels / (settings.batch * settings.crop * settings.crop))
        var groups: [[GroupPass.NormState]] = []
        let network = TrainingNetwork(
            weights, shape: engine.shape, pool: engine.pool, scratch: engine.scratch)
        for step in 0..<min(batches, max(1, stepsPerEpoch)) {
            let images = try feed.images(step: step)
            for range in TrainingBatch.groups(count: images.count, size: settings.group) {
                let pass = GroupPass(images: Array(images[range]), network: network)
                groups.append(pass.norms)
            }
        }
        weights.setRunningStatistics(groups: groups)
    }
}
