/// Parts of scenes with read-outs of all kinds: for programs that look at a scene here and there.
extension SegmentJob {
    /// What the values of a scene go through on their way to the network.
    package typealias Values = (scaling: Scaling, matching: SceneMatching?)

    /// The same with another read-out, for pixels that make no map of the model's.
    ///
    /// - Precondition: the model's network is run by a ``WinogradEngine``, in `seamless` geometry.
    package func with(_ readOut: any ReadOut, projection: Projection) -> SegmentJob {
        guard let network = engine as? WinogradEngine else {
            preconditionFailure("\(engine.name) takes no other projection")
        }
        var job = self
        job.engine = WinogradEngine(network, projection: projection)
        job.readOut = readOut
        return job
    }

    /// A part of an open scene, and other encoders, within the memory limit.
    ///
    /// - Throws: ``MemoryBudgetError``.
    /// - Precondition: the part shares pixels with the scene.
    package func part(
        _ bounds: PixelWindow, of scene: Scene, for encoders: [any RowEncoder]
    ) throws -> Scene {
        let budget = try segmenter.budget(for: scene.reader, bounds: bounds, encoders: encoders)
        return Scene(reader: scene.reader, bounds: bounds, encoders: encoders, budget: budget)
    }

    /// As ``segment(_:finished:write:progress:isCancelled:)``, with values that are known already.
    package func segment(
        _ scene: Scene, values: Values,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        try segmenter.segment(
            scene.reader, bounds: scene.bounds, scaling: values.scaling,
            matching: values.matching, budget: scene.budget, encoders: scene.encoders,
            write: write, isCancelled: isCancelled)
    }
}
