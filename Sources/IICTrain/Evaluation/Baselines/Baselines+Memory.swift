public import IICInfer

extension Baselines {
    /// What GDAL may keep of decoded blocks, beside one whole block, while pixels are clustered.
    private static let cacheBytes = 32 << 20

    /// Bytes of the whole program while pixels are clustered.
    ///
    /// - Parameter classes: that the truth has.
    func memoryBytes(for source: some PixelSource, classes: Int) -> Int {
        let channels = source.channels
        let pixel = 4 * channels + 1
        // Drawn pixels lie in lists that grow, and then in one; they are scaled, and clustered.
        let sampled = min(source.count, PixelSampler.limit)
        var bytes = ProcessMemory.base + heldBytes + sampled * (6 * pixel + 8)
        if methods.contains(.mixture) {
            let (patches, dimensions) = (
                min(source.count, RefinementSample.pixels), Mixture.dimensions(channels: channels)
            )
            bytes += 9 * patches * 5 * pixel + patches * (3 * 4 + 8)
            // The numbers that describe a pixel, and they once more with one spread.
            bytes += PixelSample.bytes(
                pixels: patches, dimensions: 2 * dimensions, networkClasses: 0)
            bytes += MixtureFit.scratchBytes(
                pixels: patches, classes: numbers(classes: classes).max() ?? classes,
                dimensions: dimensions, threads: threads)
        }
        // A block's values as they are and scaled; truth and labels, as GDAL hands them out too.
        bytes += source.blockPixels * (2 * pixel + 2 * (4 + 8) + 8)
        let block = min(source.decodedBytes, Int.max / 4)
        return bytes + Self.cacheBytes + 2 * block + block / 16
    }

    /// Counts a model that stays in memory.
    public mutating func hold(_ job: SegmentJob) {
        heldBytes += 2 * 4 * ParameterLayout(job.engine.architecture).count + job.engine.weightBytes
    }

    /// Throws if the memory limit is too low, and lets GDAL keep what there is memory for.
    func claimMemory(for source: some PixelSource, classes: Int) throws(BaselineMemoryError) {
        try checkMemory(for: source, classes: classes)
        GDAL.limitCache(bytes: Self.cacheBytes + min(source.decodedBytes, Int.max / 4))
    }

    /// Throws if the memory limit is too low.
    func checkMemory(for source: some PixelSource, classes: Int) throws(BaselineMemoryError) {
        let needed = memoryBytes(for: source, classes: classes)
        guard needed <= memoryLimit else {
            throw BaselineMemoryError(limit: memoryLimit, least: needed)
        }
    }
}

/// A memory limit below what clusterings of pixels need.
package struct BaselineMemoryError: UserError, Equatable {
    package var limit: Int
    package var least: Int

    package var exitStatus: ExitStatus { .usage }

    package var description: String {
        "A memory limit of \(limit >> 20) MiB is too low for --baseline on these data: give "
            + "--memory \((least + 1 << 20 - 1) >> 20)MiB or more."
    }
}
