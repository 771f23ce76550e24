/// All outputs of one scene in the making, wherever the rows come from that they are made of.
struct MapAssembly {
    private let outputs: [any MapOutput]
    private let products: [any MapProduct]
    /// Places of those that encode rows; the others follow the map.
    private let encoding: [Int]

    /// - Throws: what ``MapOutput/begin(_:)`` throws.
    init(_ outputs: [any MapOutput], frame: MapFrame) throws {
        self.outputs = outputs
        products = try outputs.map { try $0.begin(frame) }
        encoding = outputs.indices.filter { outputs[$0].role != .follower }
    }

    /// Bytes that are taken for a map of so many pixels, beside what encoders keep, and when nothing
    /// is computed any more.
    static func memory(
        _ outputs: [any MapOutput], cleanUp: CleanUp, width: Int, height: Int, classes: Int
    ) -> (kept: Int, finishing: Int) {
        let followers = outputs.filter { $0.role == .follower }
        let kept = followers.reduce(0) { $0 + $1.memoryBytes(width: width, height: height) }
        let following = followers.reduce(LabelRows.memoryBytes(width: width)) {
            $0 + $1.finishingBytes(width: width, height: height)
        }
        let cleaning = cleanUp.memoryBytes(width: width, height: height, classes: classes)
        return (kept, max(followers.isEmpty ? 0 : following, cleaning))
    }

    /// Takes a window of pixels, each of which comes once, in no set order; one thread at a time.
    ///
    /// - Parameter encoder: its place among the outputs that are no followers.
    func write(_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws {
        try products[encoding[encoder]].write(pixels, window: window)
    }

    /// Makes all outputs whole, once all their pixels are there, and names them together.
    ///
    /// - Parameters:
    ///   - origin: with the clean-up that is done.
    ///   - warn: told, in sentences, what a user should know of the outputs.
    func finish(
        _ origin: MapOrigin, memory: FinishingMemory, warn: (String) -> Void,
        progress: (_ stage: SegmentJob.Stage, _ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws -> [OutputSummary] {
        // Finishing reads and writes every block once.
        GDAL.limitCache(bytes: MemoryBudget.leastCache)
        try followMap(
            origin.cleanUp, memory: memory, progress: progress, isCancelled: isCancelled)
        var finished: [FinishedOutput] = []
        for (index, product) in products.enumerated() {
            product.note(finished)
            let summary = try product.finish(
                origin.provenance(of: outputs[index]),
                progress: {
                    progress(.finishing, (index * 100 + Int($0 * 100)) / products.count, 100)
                }, isCancelled: isCancelled)
            finished.append(FinishedOutput(summary: summary, files: product.finished))
        }
        var publication = Publication()
        for product in products.reversed() { product.publish(in: &publication) }
        try publication.commit()
        let summaries = finished.map(\.summary)
        for summary in summaries {
            if let cuts = summary.polygons?.cutSentence { warn("“\(summary.path)”: \(cuts)") }
        }
        return summaries
    }

    /// Cleans the map up, all of whose labels are there, and hands it to what is made of it.
    ///
    /// - Precondition: what follows the map has one.
    private func followMap(
        _ cleanUp: CleanUp, memory: FinishingMemory,
        progress: (_ stage: SegmentJob.Stage, _ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws {
        let followers = zip(outputs, products).filter { $0.0.role == .follower }.map(\.1)
        guard cleanUp.isOn || !followers.isEmpty else { return }
        let maps = zip(outputs, products).compactMap { output, product in
            output.role == .map ? product as? ClassMapProduct : nil
        }
        precondition(!maps.isEmpty || followers.isEmpty, "no map to follow")
        for map in maps {
            try map.apply(
                cleanUp, memory: memory, progress: { progress(.cleaning, Int($0 * 100), 100) },
                isCancelled: isCancelled)
        }
        guard let map = maps.first, !followers.isEmpty else { return }
        try map.forEachRows { labels, window in
            if isCancelled() { throw Interrupted() }
            for follower in followers { try follower.write(labels, window: window) }
            progress(.following, 100 * (window.y + window.height) / map.height, 100)
        }
    }
}
