import IICKernels

/// The network on a swath of a scene, rows flowing down through the layers.
///
/// Each layer keeps the few rows that it still needs in a ring and makes the next group when the
/// layer after it asks, so memory depends on the swath's width alone. A swath may be several images
/// side by side that do not see each other (tiles in `paper` geometry). What no wanted output
/// depends on is passed over; its place in a ring holds what was there before.
///
///     read → ring 0 → layer 0 → ring 1 → layer 1 → … → ring 6 → head → two rows → resize
final class RowStream {
    /// Rows of one layer's input, the newest over the oldest, and one row of zeros after them.
    struct Ring {
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
    /// Rows that were read and are not emitted yet, the next one to be emitted included, at most.
    static let mostInFlight = 176

    let network: PreparedNetwork
    let geometry: Geometry
    let plan: SwathPlan
    let heads: [Head]
    var rings: [Ring] = []
    /// The next row that each layer computes, before pooling.
    var next: [Int] = []
    /// Winograd tiles of one group of rows, a list a layer, and the group of columns of each.
    var tiles: [[WinogradTile]] = []
    var tileGroups: [[Int]] = []
    let v: Buffer<Float>
    let m: Buffer<Float>
    let incoming: Buffer<Float>
    let marks: Buffer<UInt8>
    /// Nil where all outputs are.
    var wanted: WantedCells?
    let rowReach: [[Range<Int>]]
    let columnReach: [[Range<Int>]]
    /// The output that comes next.
    var emitted: Int

    /// - Parameters:
    ///   - heads: whose probabilities are wanted.
    ///   - skips: whether what no wanted output depends on is passed over.
    init(network: PreparedNetwork, plan: SwathPlan, heads: [Head], skips: Bool) {
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
        let planned = layers.indices.map { $0 == 0 ? [] : plan.tiles(layer: $0) }
        tiles = planned.map { $0.map(\.tile) }
        tileGroups = planned.map { $0.map(\.group) }
        wanted = skips ? WantedCells(plan: plan) : nil
        rowReach = skips ? plan.rows.reach : []
        columnReach = skips ? plan.columns.reach : []
        emitted = plan.rows.outputs.lowerBound
        let scratch = plan.scratchCounts
        v = Buffer(repeating: 0, count: scratch.v)
        m = Buffer(repeating: 0, count: scratch.m)
        incoming = Buffer(
            repeating: 0, count: Self.readRows * plan.inputColumns * network.architecture.channels)
        marks = Buffer(repeating: 1, count: Self.readRows * plan.inputColumns)
    }

    typealias Read = (
        _ rows: Range<Int>, _ values: inout MutableSpan<Float>, _ wanted: inout MutableSpan<UInt8>
    ) throws -> Void

    /// Goes back to the swath's first row, for another swath of the same plan.
    func rewind() {
        for (index, layer) in plan.rows.layers.enumerated() {
            rings[index].next = layer.needed.lowerBound
            next[index] = layer.computed.lowerBound
        }
        rings[plan.rows.layers.count].next = plan.rows.features.lowerBound
        if wanted != nil { wanted = WantedCells(plan: plan) }
        emitted = plan.rows.outputs.lowerBound
    }

    /// Runs the swath from its first row to its last; once, or once more after ``rewind()``.
    ///
    /// - Parameters:
    ///   - read: called for rows in order, each once: `(rows, columns, C)` with the needed columns
    ///     of all images one after another, scaled to 0…1, 0 where invalid; and a mark for each
    ///     pixel, 1 at first: it may put 0 where nobody will look at the output.
    ///   - emit: an output row's number, and what each head says of it; nothing where it is not
    ///     wanted.
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
            emitted = output
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
                if let wanted, !wanted.contains(rowReach[last][added - features.lowerBound]) {
                    for map in maps { map.skip() }
                } else {
                    for map in maps { map.add(buffer.span(start..<start + ring.rowSize)) }
                }
                added += 1
            }
            if wanted?.contains(output..<output + 1) ?? true {
                for map in maps { map.mix(place) }
            }
            try emit(output, scores)
        }
    }

    /// Reads the next rows into the first ring.
    func readMore(_ read: Read) throws {
        let channels = network.architecture.channels
        let first = rings[0].next
        let end = min(first + Self.readRows, plan.rows.inputs.upperBound)
        precondition(
            end - max(next[0] - 1, plan.rows.inputs.lowerBound) <= rings[0].capacity
                && end - emitted <= Self.mostInFlight, "row \(end) at \(next[0]), \(emitted)")
        let columns = plan.inputColumns
        let (incoming, ring) = (self.incoming, rings[0].buffer)
        do {
            let marks = self.marks
            var values = incoming.mutableSpan(0..<(end - first) * columns * channels)
            var wantedMarks = marks.mutableSpan(0..<(end - first) * columns)
            wantedMarks.update(repeating: 1)
            try read(first..<end, &values, &wantedMarks)
            wanted?.add(wantedMarks.span, rows: first..<end)
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
}
