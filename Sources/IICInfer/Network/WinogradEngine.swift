public import IICKernels
import Synchronization

/// The network as it runs on scenes: fused Winograd convolutions, rows streaming through the layers.
public struct WinogradEngine: Engine {
    /// What all layers but the first are computed with.
    public static let algorithm = Winograd.f6

    /// How a layer's work is cut: Winograd tiles that are transformed and multiplied together, and
    /// lanes of output channels that are made from them at once.
    ///
    /// Large weights stream from memory once a block, so it has many tiles, and as V is beyond the
    /// second-level cache anyway it is read for all lanes at once; else a block's V and M stay there.
    public static func block(of layer: Architecture.Layer) -> (tiles: Int, lanes: Int) {
        let all = lanes(layer.outputs)
        return layer.inputs * layer.outputs >= 128 * 256 ? (108, all) : (24, min(8, all))
    }

    public let geometry: Geometry
    let network: PreparedNetwork
    private let idle = IdleStreams()

    /// Transforms the weights, on all threads of `pool`: 0.1 s at width 1.
    public init(weights: NetworkWeights, geometry: Geometry, pool: ComputePool = ComputePool()) {
        self.geometry = geometry
        network = PreparedNetwork(weights, pool: pool)
    }

    public var architecture: Architecture { network.architecture }
    public var name: String { Self.name }
    /// With the instruction set that it was compiled for.
    public static var name: String {
        "Winograd F(6 × 6, 3 × 3), streaming rows, \(InstructionSet.name)"
    }

    public var weightBytes: Int { network.bytes }

    public func scratchBytes(height: Int, width: Int) -> Int {
        let strip = Strip(height: height, rows: 0..<height, width: width, columns: 0..<width)
        return Head.allCases.map { bytes(strip, heads: [$0]) }.max() ?? 0
    }

    private func plan(_ strip: Strip) -> StripPlan {
        StripPlan(architecture: architecture, geometry: geometry, strip: strip)
    }

    public func inputs(of strip: Strip) -> (rows: Range<Int>, columns: Range<Int>) {
        let plan = plan(strip)
        return (plan.rows.inputs, plan.columns.inputs)
    }

    public func bytes(_ strip: Strip, heads: [Head]) -> Int {
        plan(strip).bytes(heads: heads.map { classes(of: $0) })
    }

    public func label(
        _ strip: Strip, heads: [Head],
        read: (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void,
        isCancelled: () -> Bool,
        emit: (_ row: Int, _ head: Head, _ labels: Span<UInt8>) throws -> Void
    ) throws {
        let plan = plan(strip)
        let places = plan.outputPlaces
        let labels = Buffer<UInt8>(repeating: 0, count: places.count)
        let stream = RowStream(network: network, plan: plan, heads: heads)
        try stream.run(read: read, isCancelled: isCancelled) { row, mixed in
            for (head, mixed) in zip(heads, mixed) {
                do {
                    var span = labels.mutableSpan()
                    HeadRows.label(
                        mixed.span(), width: plan.headColumns, classes: classes(of: head),
                        places: places.span, into: &span)
                }
                try emit(row, head, labels.span())
            }
        }
    }

    public func probabilities(
        of images: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>
    ) {
        let line = width * architecture.channels
        let classes = classes(of: head)
        let copies = images.count / (height * line)
        precondition(copies * height * line == images.count, "\(images.count)")
        precondition(output.count == copies * height * width * classes, "\(output.count)")
        guard copies > 0 else { return }
        let strip = Strip(
            height: height, rows: 0..<height, width: width, columns: 0..<width, copies: copies)
        let copy = Buffer<Float>(repeating: 0, count: images.count)
        do {
            var span = copy.mutableSpan()
            for index in 0..<images.count { span[index] = images[index] }
        }
        do {
            // Images lie one below the other, and flow side by side.
            try probabilities(strip, head: head) { rows, values in
                let source = copy.span()
                var index = 0
                for row in rows {
                    for image in 0..<copies {
                        let first = (image * height + row) * line
                        for k in 0..<line { values[index + k] = source[first + k] }
                        index += line
                    }
                }
            } emit: { row, values in
                let count = width * classes
                for image in 0..<copies {
                    let first = (image * height + row) * count
                    for k in 0..<count { output[first + k] = values[image * count + k] }
                }
            }
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
    }

    /// Probabilities of a strip, row by row; as ``label(_:heads:read:isCancelled:emit:)``, with
    /// `(copies × columns, K)` for each row.
    package func probabilities(
        _ strip: Strip, head: Head,
        read: (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void,
        emit: (_ row: Int, _ values: Span<Float>) throws -> Void
    ) throws {
        let plan = plan(strip)
        let stream =
            idle.take(plan, head) ?? RowStream(network: network, plan: plan, heads: [head])
        defer { idle.put(stream) }
        let (places, classes) = (plan.outputPlaces, classes(of: head))
        let values = Buffer<Float>(repeating: 0, count: places.count * classes)
        try stream.run(read: read) { row, mixed in
            let mixed = mixed[0]
            do {
                var span = values.mutableSpan()
                HeadRows.spread(
                    mixed.span(), width: plan.headColumns, classes: classes, places: places.span,
                    into: &span)
            }
            try emit(row, values.span())
        }
    }
}

/// Streams that wait for more images of the same size: fresh memory costs a tenth of the time of a
/// few tiles, since the kernel clears it page by page.
private final class IdleStreams: Sendable {
    /// One thread's at a time: the list's, or who took it.
    private struct Idle: @unchecked Sendable {
        let stream: RowStream
    }

    private let streams = Mutex<[Idle]>([])

    /// One for this work, if there is any; others are let go.
    func take(_ plan: StripPlan, _ head: Head) -> RowStream? {
        streams.withLock { idle in
            idle.removeAll { $0.stream.plan != plan || $0.stream.heads != [head] }
            return idle.popLast()
        }?.stream
    }

    func put(_ stream: RowStream) {
        stream.rewind()
        let idle = Idle(stream: stream)
        streams.withLock { $0.append(idle) }
    }
}
