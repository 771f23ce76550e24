import IICKernels

/// The network as it runs on scenes: fused Winograd convolutions, rows streaming through the layers.
public struct WinogradEngine: Engine {
    public let geometry: Geometry
    let network: PreparedNetwork

    /// Transforms the weights, on all threads of `pool`.
    public init(weights: NetworkWeights, geometry: Geometry, pool: ComputePool = ComputePool()) {
        self.geometry = geometry
        network = PreparedNetwork(weights, pool: pool)
    }

    public var architecture: Architecture { network.architecture }
    public var name: String { "Winograd F(4 × 4, 3 × 3), streaming rows" }

    public func scratchBytes(height: Int, width: Int) -> Int {
        let plan = plan(height: height, width: width)
        return plan.bytes(heads: [max(architecture.classes, architecture.overclusters)])
    }

    private func plan(height: Int, width: Int) -> StripPlan {
        StripPlan(
            architecture: architecture, geometry: geometry, height: height, rows: 0..<height,
            width: width, columns: 0..<width)
    }

    public func probabilities(
        of image: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>
    ) {
        let channels = architecture.channels
        let classes = network.classes(of: head)
        precondition(image.count == height * width * channels, "\(image.count)")
        precondition(output.count == height * width * classes, "\(output.count)")
        let plan = plan(height: height, width: width)
        let copy = Buffer<Float>(repeating: 0, count: image.count)
        do {
            var span = copy.mutableSpan()
            for index in 0..<image.count { span[index] = image[index] }
        }
        let stream = RowStream(network: network, plan: plan, heads: [head]) { rows, values in
            let source = copy.span()
            let first = rows.lowerBound * width * channels
            for index in 0..<values.count { values[index] = source[first + index] }
        }
        let places = plan.outputPlaces
        do {
            try stream.run { row, mixed in
                var line = output._mutatingExtracting(
                    row * width * classes..<(row + 1) * width * classes)
                let mixed = mixed[0]
                HeadRows.spread(
                    mixed.span(), capacity: plan.headColumns, classes: classes,
                    places: places.span, into: &line)
            }
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
    }
}
