import IICKernels

/// The network on a swath of a scene, rows flowing down through the layers.
///
/// Each layer keeps the few rows that it still needs in a ring and makes the next group when the
/// layer after it asks, so memory depends on the swath's width alone. A swath may be several images
/// side by side that do not see each other (tiles in `paper` geometry).
///
///     read → ring 0 → layer 0 → ring 1 → layer 1 → … → ring 6 → head → two rows → resize
final class RowStream {
    /// Rows of one layer's input, the newest over the oldest, and one row of zeros after them.
    private struct Ring {
        let buffer: Buffer<Float>
        let capacity: Int
        let rowSize: Int
        /// Floats from one lane of a row to the next.
        let laneStride: Int
        /// The row that comes next.
        var next: Int

        init(capacity: Int, lanes: Int, columns: Int, depth: Int, first: Int) {
            self.capacity = capacity
            laneStride = columns * depth
            rowSize = lanes * laneStride
            buffer = Buffer(repeating: 0, count: (capacity + 1) * rowSize + FirstLayer.overrun)
            next = first
        }

        func offset(_ row: Int) -> Int { row % capacity * rowSize }
        var zeros: Int { capacity * rowSize }
    }

    /// Rows that are asked for at a time.
    static let readRows = 16

    private let network: PreparedNetwork
    private let geometry: Geometry
    let plan: SwathPlan
    let heads: [Head]
    private var rings: [Ring] = []
    /// The next row that each layer computes, before pooling.
    private var next: [Int] = []
    /// Winograd tiles of one group of rows, a list a layer.
    private var tiles: [[WinogradTile]] = []
    private let v: Buffer<Float>
    private let m: Buffer<Float>
    private let incoming: Buffer<Float>

    /// - Parameter heads: whose probabilities are wanted.
    init(network: PreparedNetwork, plan: SwathPlan, heads: [Head]) {
        self.network = network
        self.plan = plan
        self.heads = heads
        geometry = plan.geometry
        let layers = network.architecture.layers
        for (index, layer) in layers.enumerated() {
            let first = plan.rows.layers[index].needed.lowerBound
            rings.append(
                index == 0
                    ? Ring(
                        capacity: plan.ringRows(index), lanes: 1, columns: plan.columnCount(index),
                        depth: layer.inputs, first: first)
                    : Ring(
                        capacity: plan.ringRows(index), lanes: lanes(layer.inputs),
                        columns: plan.columnCount(index), depth: laneWidth, first: first))
            next.append(plan.rows.layers[index].computed.lowerBound)
        }
        rings.append(
            Ring(
                capacity: plan.ringRows(layers.count), lanes: lanes(network.architecture.features),
                columns: plan.columnCount(layers.count), depth: laneWidth,
                first: plan.rows.features.lowerBound))
        tiles = layers.indices.map { $0 == 0 ? [] : plan.tiles(layer: $0) }
        let scratch = plan.scratchCounts
        v = Buffer(repeating: 0, count: scratch.v)
        m = Buffer(repeating: 0, count: scratch.m)
        incoming = Buffer(
            repeating: 0, count: Self.readRows * plan.inputColumns * network.architecture.channels)
    }

    typealias Read = (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void

    /// Goes back to the swath's first row, for another swath of the same plan.
    func rewind() {
        for (index, layer) in plan.rows.layers.enumerated() {
            rings[index].next = layer.needed.lowerBound
            next[index] = layer.computed.lowerBound
        }
        rings[plan.rows.layers.count].next = plan.rows.features.lowerBound
    }

    /// Runs the swath from its first row to its last; once, or once more after ``rewind()``.
    ///
    /// - Parameters:
    ///   - read: called for rows in order, each once: `(rows, columns, C)` with the needed columns
    ///     of all images one after another, scaled to 0…1, 0 where invalid.
    ///   - emit: an output row's number, and what each head says of it.
    func run(
        read: Read, isCancelled: () -> Bool = { false },
        emit: (_ row: Int, _ scores: [ScoreRow]) throws -> Void
    ) throws {
        let columns = HeadRows.Columns(plan.outputPlaces, width: plan.headColumns)
        let maps = heads.map {
            HeadMap(network: network, head: $0, plan: plan, columns: columns)
        }
        let scores = maps.map(\.scores)
        let last = network.architecture.layers.count
        let features = plan.rows.features
        var added = features.lowerBound
        for output in plan.rows.outputs {
            let place = plan.rows.place(output)
            // The last of the rows needed that is a feature's and not the ring's.
            let end = min(
                features.lowerBound + place.high - plan.rows.ring + 1, features.upperBound)
            while added < end {
                if rings[last].next <= added {
                    if isCancelled() { throw Interrupted() }
                    try advance(last - 1, read)
                }
                let ring = rings[last]
                let (buffer, start) = (ring.buffer, ring.offset(added))
                for map in maps { map.add(buffer.span(start..<start + ring.rowSize)) }
                added += 1
            }
            for map in maps { map.mix(place) }
            try emit(output, scores)
        }
    }

    /// Makes the next group of rows of one layer.
    private func advance(_ index: Int, _ read: Read) throws {
        if index == 0 { try advanceFirst(read) } else { try advanceWinograd(index, read) }
    }

    private func ensure(_ index: Int, upTo row: Int, _ read: Read) throws {
        while rings[index].next < row {
            if index == 0 { try readMore(read) } else { try advance(index - 1, read) }
        }
    }

    /// Where a row of a layer's input starts; zeros beyond the scene.
    private func source(_ index: Int, _ row: Int) -> Int {
        let ring = rings[index]
        return plan.rows.layers[index].needed.contains(row) ? ring.offset(row) : ring.zeros
    }

    private func readMore(_ read: Read) throws {
        let channels = network.architecture.channels
        let first = rings[0].next
        let end = min(first + Self.readRows, plan.rows.inputs.upperBound)
        let columns = plan.inputColumns
        let (incoming, ring) = (self.incoming, rings[0].buffer)
        do {
            var values = incoming.mutableSpan(0..<(end - first) * columns * channels)
            try read(first..<end, &values)
        }
        let values = incoming.span()
        let parts = plan.inputParts
        for row in first..<end {
            var from = (row - first) * columns * channels
            for part in parts {
                let count = part.count * channels
                let to = rings[0].offset(row) + part.start * channels
                var target = ring.mutableSpan(to..<to + count)
                for k in 0..<count { target[k] = values[from + k] }
                from += count
            }
        }
        rings[0].next = end
    }

    private func advanceFirst(_ read: Read) throws {
        let layer = network.architecture.layers[0]
        let rowPlan = plan.rows.layers[0]
        let first = next[0]
        let end = min(first + AxisPlan.firstGroup, rowPlan.computed.upperBound)
        try ensure(0, upTo: min(end + 1, rowPlan.inputSize), read)
        let capacity = plan.capacity(0)
        let depth = FirstLayer.depth(channels: layer.inputs)
        let outputLanes = lanes(layer.outputs)
        let (v, m, input, output) = (self.v, self.m, rings[0].buffer, rings[1].buffer)
        let (packed, bias) = (network.first, network.biases[0])
        let parts = plan.firstParts
        for row in first..<end {
            let sources = (source(0, row - 1), source(0, row), source(0, row + 1))
            let target = rings[1].offset(row)
            for part in parts {
                for start in stride(
                    from: part.source.lowerBound, to: part.source.upperBound, by: capacity)
                {
                    let columns = start..<min(start + capacity, part.source.upperBound)
                    var a = v.mutableSpan()
                    FirstLayer.gather(
                        input.span(), rows: sources, columns: columns,
                        channels: layer.inputs, into: &a, capacity: capacity)
                    var c = m.mutableSpan()
                    multiplyLanes(
                        v.span(), rows: columns.count, depth: depth, packed: packed.span(),
                        lanes: outputLanes, into: &c, capacity: capacity)
                    let column = part.target + start - part.source.lowerBound
                    let offset = target + column * laneWidth
                    let length = (outputLanes - 1) * rings[1].laneStride + columns.count * laneWidth
                    var line = output.mutableSpan(offset..<offset + length)
                    FirstLayer.rectify(
                        m.span(), columns: columns.count, capacity: capacity,
                        bias: bias.span(), laneStride: rings[1].laneStride, into: &line)
                }
            }
        }
        next[0] = end
        rings[1].next = end
    }

    private func advanceWinograd(_ index: Int, _ read: Read) throws {
        let layer = network.architecture.layers[index]
        let rowPlan = plan.rows.layers[index]
        let dilation = layer.dilation
        let padding = plan.padding(index)
        let first = next[index]
        let winograd = WinogradEngine.algorithm
        let group = winograd.outputs * dilation
        let top = first - padding
        let height = winograd.inputs * dilation
        try ensure(index, upTo: min(top + height, rowPlan.inputSize), read)
        let sources = (0..<height).map { source(index, top + $0) }
        let wanted = plan.wantedRows(after: index)
        let factor = layer.pooled ? 2 : 1
        let ring = rings[index + 1]
        let targets = (0..<group / factor).map { row -> Int in
            let row = first / factor + row
            return wanted.contains(row) ? ring.offset(row) : -1
        }
        let inputLanes = lanes(layer.inputs)
        let outputLanes = lanes(layer.outputs)
        let capacity = plan.capacity(index)
        let depth = inputLanes * laneWidth
        let inputStride = Winograd.planeStride(lanes: inputLanes, capacity: capacity)
        let lanesAtOnce = plan.lanesAtOnce(index)
        let (v, m, input, output) = (self.v, self.m, rings[index].buffer, ring.buffer)
        let (packed, bias) = (network.winograd[index], network.biases[index])
        let planeSize = packed.count / winograd.planes
        let all = tiles[index]
        for start in stride(from: 0, to: all.count, by: capacity) {
            let block = all.span.extracting(start..<min(start + capacity, all.count))
            do {
                var span = v.mutableSpan()
                winograd.transformInputs(
                    input.span(), rows: sources.span, tiles: block,
                    lanes: inputLanes, laneStride: rings[index].laneStride, dilation: dilation,
                    into: &span, capacity: capacity)
            }
            for lane in stride(from: 0, to: outputLanes, by: lanesAtOnce) {
                let count = min(lanesAtOnce, outputLanes - lane)
                let outputStride = Winograd.planeStride(lanes: count, capacity: capacity)
                for plane in 0..<winograd.planes {
                    let weights = plane * planeSize + lane * laneWidth * depth
                    var c = m.mutableSpan(
                        plane * outputStride..<(plane + 1) * outputStride)
                    multiplyLanes(
                        v.span(plane * inputStride..<(plane + 1) * inputStride),
                        rows: block.count, depth: depth,
                        packed: packed.span(weights..<weights + count * laneWidth * depth),
                        lanes: count, into: &c, capacity: capacity)
                }
                var activations = output.mutableSpan()
                winograd.transformOutputs(
                    m.span(),
                    bias: bias.span(lane * laneWidth..<(lane + count) * laneWidth),
                    tiles: block, lanes: count, capacity: capacity, into: &activations,
                    rows: targets.span,
                    target: Winograd.Target(
                        laneStride: ring.laneStride, dilation: dilation, pooled: layer.pooled,
                        insideRows: min(group, rowPlan.size - first), firstLane: lane))
            }
        }
        next[index] = first + group
        rings[index + 1].next = min((first + group) / factor, wanted.upperBound)
    }
}
