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
    /// Whether ``run(_:heads:read:isCancelled:emit:)`` passes over what no wanted output depends on.
    /// The wanted ones are the same bits either way, which tests check by turning it off.
    package var skips = true
    private let idle = IdleStreams()

    /// Transforms the weights, on all threads of `pool`: 0.1 s at width 1.
    public init(
        weights: ParameterBlock, geometry: Geometry, projection: Projection? = nil,
        pool: ComputePool = ComputePool()
    ) {
        self.geometry = geometry
        network = PreparedNetwork(weights, projection: projection, pool: pool)
    }

    /// The same network with another projection, whose weights alone are prepared.
    package init(_ other: WinogradEngine, projection: Projection) {
        geometry = other.geometry
        network = PreparedNetwork(other.network, projection: projection)
    }

    public var architecture: Architecture { network.architecture }
    public var projection: Projection? { network.projection }
    public var name: String { Self.name }
    /// With the instruction set that it was compiled for.
    public static var name: String {
        "Winograd F(6 × 6, 3 × 3), streaming rows, \(InstructionSet.name)"
    }

    public var weightBytes: Int { network.bytes }

    public func scratchBytes(height: Int, width: Int) -> Int {
        let swath = Swath(height: height, rows: 0..<height, width: width, columns: 0..<width)
        return Head.allCases.map { bytes(swath, heads: [$0]) }.max() ?? 0
    }

    private func plan(_ swath: Swath) -> SwathPlan {
        SwathPlan(architecture: architecture, geometry: geometry, swath: swath)
    }

    public func inputs(of swath: Swath) -> (rows: Range<Int>, columns: Range<Int>) {
        let plan = plan(swath)
        return (plan.rows.inputs, plan.columns.inputs)
    }

    public func bytes(_ swath: Swath, heads: [Head]) -> Int {
        Self.bytes(
            swath, heads: heads.map { classes(of: $0) }, architecture: architecture,
            geometry: geometry)
    }

    /// The same without weights.
    ///
    /// - Parameter heads: classes of each head that runs.
    package static func bytes(
        _ swath: Swath, heads: [Int], architecture: Architecture, geometry: Geometry
    ) -> Int {
        SwathPlan(architecture: architecture, geometry: geometry, swath: swath)
            .bytes(heads: heads)
            + heads.count * ScoreRow.bytes(pixels: swath.columns.count * swath.copies)
    }

    public func run(
        _ swath: Swath, heads: [Head],
        read: (
            _ rows: Range<Int>, _ values: inout MutableSpan<Float>,
            _ wanted: inout MutableSpan<UInt8>
        ) throws -> Void,
        isCancelled: () -> Bool, emit: (_ row: Int, _ scores: [ScoreRow]) throws -> Void
    ) throws {
        try RowStream(network: network, plan: plan(swath), heads: heads, skips: skips)
            .run(read: read, isCancelled: isCancelled, emit: emit)
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
        let swath = Swath(
            height: height, rows: 0..<height, width: width, columns: 0..<width, copies: copies)
        let copy = Buffer<Float>(repeating: 0, count: images.count)
        do {
            var span = copy.mutableSpan()
            for index in 0..<images.count { span[index] = images[index] }
        }
        do {
            // Images lie one below the other, and flow side by side.
            try probabilities(swath, head: head) { rows, values in
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

    /// Probabilities of a swath, row by row; as ``run(_:heads:read:isCancelled:emit:)``, with
    /// `(copies × columns, K)` for each row.
    package func probabilities(
        _ swath: Swath, head: Head,
        read: (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void,
        emit: (_ row: Int, _ values: Span<Float>) throws -> Void
    ) throws {
        let plan = plan(swath)
        let stream =
            idle.borrow(plan, head)
            ?? RowStream(network: network, plan: plan, heads: [head], skips: false)
        defer { idle.return(stream) }
        let pixels = swath.copies * swath.columns.count
        let values = Buffer<Float>(repeating: 0, count: pixels * classes(of: head))
        try stream.run { rows, values, _ in
            try read(rows, &values)
        } emit: { row, scores in
            do {
                var span = values.mutableSpan()
                scores[0].probabilities(of: 0..<pixels, into: &span)
            }
            try emit(row, values.span())
        }
    }
}

/// Streams that wait for more images of the same size: fresh memory costs a tenth of the time of a
/// few tiles, since the kernel clears it page by page.
private final class IdleStreams: Sendable {
    /// One thread's at a time: the list's, or the borrower's.
    private struct Idle: @unchecked Sendable {
        let stream: RowStream
    }

    private let streams = Mutex<[Idle]>([])

    /// One for this work, if there is any; others are released.
    func borrow(_ plan: SwathPlan, _ head: Head) -> RowStream? {
        streams.withLock { idle in
            idle.removeAll { $0.stream.plan != plan || $0.stream.heads != [head] }
            return idle.popLast()
        }?.stream
    }

    func `return`(_ stream: RowStream) {
        stream.rewind()
        let idle = Idle(stream: stream)
        streams.withLock { $0.append(idle) }
    }
}
