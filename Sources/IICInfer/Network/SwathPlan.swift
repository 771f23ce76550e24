import IICKernels

/// A swath of a scene that flows through the network together, and the sizes that it needs.
struct SwathPlan: Hashable, Sendable {
    /// A run of columns that move from one row to another.
    struct Part: Hashable, Sendable {
        /// Columns in the row that is read.
        var source: Range<Int>
        /// Where the first of them goes.
        var target: Int
    }

    let architecture: Architecture
    let geometry: Geometry
    let rows: AxisPlan
    /// Of each image.
    let columns: AxisPlan
    /// One an image, from the left; they do not see each other.
    private let images: [AxisPlan]

    /// Images side by side.
    var copies: Int { images.count }

    private var layers: [Layer] { architecture.layers }
    private typealias Layer = Architecture.Layer
    private var algorithm: Winograd { WinogradEngine.algorithm }

    init(architecture: Architecture, geometry: Geometry, swath: Swath) {
        self.architecture = architecture
        self.geometry = geometry
        rows = AxisPlan(
            architecture: architecture, geometry: geometry, size: swath.height,
            outputs: swath.rows)
        columns = AxisPlan(
            architecture: architecture, geometry: geometry, size: swath.width,
            outputs: swath.columns)
        images = Array(repeating: columns, count: swath.copies)
    }

    // MARK: Columns

    /// Columns that an image's input of a layer takes in its ring; those of the features after the
    /// last layer.
    private func width(_ index: Int, _ image: AxisPlan) -> Int {
        index < layers.count ? image.layers[index].input.count : image.features.count
    }

    /// Columns of a layer's ring, a multiple of what the products compute at once.
    func columnCount(_ index: Int) -> Int {
        let count = images.reduce(0) { $0 + width(index, $1) }
        let unit = LaneProduct.leftover
        return (count + unit - 1) / unit * unit
    }

    /// Where each image begins in a layer's ring.
    private func starts(_ index: Int) -> [Int] {
        var start = 0
        return images.map { image in
            defer { start += width(index, image) }
            return start
        }
    }

    /// Columns that ``RowStream`` asks for.
    var inputColumns: Int { images.reduce(0) { $0 + $1.inputs.count } }

    /// Where each image's input goes in the first ring: its first column there and its columns.
    var inputParts: [(start: Int, count: Int)] {
        zip(starts(0), images).map { start, image in
            (start + image.inputs.lowerBound - image.layers[0].input.lowerBound, image.inputs.count)
        }
    }

    /// What the first layer computes: columns of the first ring where its kernels begin, and where
    /// the outputs go in the second.
    ///
    /// - Parameter groups: which groups of columns, image by image; all if nil.
    func firstParts(_ groups: [Bool]? = nil) -> [Part] {
        var parts: [Part] = []
        for (number, starts) in zip(starts(0), starts(1)).enumerated() {
            let (first, second) = (images[number].layers[0], images[number].layers[1])
            let needed = first.computed.clamped(to: second.needed)
            let count = (first.computed.count + first.group - 1) / first.group
            let runs = groups.map { Self.runs($0[number * count..<(number + 1) * count]) }
            let start = first.computed.lowerBound
            for run in runs ?? [0..<count] {
                let (low, high) = (run.lowerBound * first.group, run.upperBound * first.group)
                let columns = (start + low..<start + high).clamped(to: needed)
                guard !columns.isEmpty else { continue }
                let source = starts.0 + columns.lowerBound - start
                parts.append(
                    Part(
                        source: source..<source + columns.count,
                        target: starts.1 + columns.lowerBound - second.input.lowerBound))
            }
        }
        return parts
    }

    /// Where marks are set, counted from the first.
    private static func runs(_ marks: ArraySlice<Bool>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, mark) in marks.enumerated() where mark {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    /// Columns of the heads' map, with the ring of each image.
    var headColumns: Int { images.reduce(0) { $0 + $1.headCount } }

    /// Where the features' columns go in the heads' map.
    var headParts: [Part] {
        var target = 0
        return zip(starts(layers.count), images).map { start, image in
            defer { target += image.headCount }
            return Part(source: start..<start + image.features.count, target: target + image.ring)
        }
    }

    /// Where the output columns of all images lie in the heads' map.
    var outputPlaces: [HeadRows.Place] {
        var start = 0
        return images.flatMap { image in
            defer { start += image.headCount }
            return image.outputs.map { column in
                var place = image.place(column)
                place.low += start
                place.high += start
                return place
            }
        }
    }

    // MARK: Rows

    func padding(_ index: Int) -> Int { geometry == .paper ? 1 : layers[index].dilation }

    /// The rows that a layer hands on.
    func wantedRows(after index: Int) -> Range<Int> {
        wanted(after: index, rows)
    }

    private func wanted(after index: Int, _ axis: AxisPlan) -> Range<Int> {
        index + 1 < layers.count ? axis.layers[index + 1].needed : axis.features
    }

    /// Rows that a layer makes at once, after pooling.
    private func groupRows(_ index: Int) -> Int {
        index == 0
            ? AxisPlan.firstGroup
            : algorithm.outputs * layers[index].dilation / (layers[index].pooled ? 2 : 1)
    }

    /// Rows that the ring before a layer holds: what one group reads, and what may come with it.
    func ringRows(_ index: Int) -> Int {
        if index == 0 {
            return AxisPlan.firstGroup + 2 + RowStream.readRows + AxisPlan.lookahead
        }
        let group = groupRows(index - 1)
        return index < layers.count ? algorithm.inputs * layers[index].dilation + group : group
    }

    // MARK: Tiles

    /// Winograd tiles of one group of rows, and the group of columns that each is of, counted over
    /// all images; those that make nothing wanted are left out.
    func tiles(layer index: Int) -> [(tile: WinogradTile, group: Int)] {
        let layer = layers[index]
        let dilation = layer.dilation
        let factor = layer.pooled ? 2 : 1
        var result: [(tile: WinogradTile, group: Int)] = []
        for phase in 0..<dilation {
            for (number, starts) in zip(starts(index), starts(index + 1)).enumerated() {
                let image = images[number]
                let axis = image.layers[index]
                let groups = number * (axis.computed.count / axis.group)
                let wanted = wanted(after: index, image)
                let next =
                    index + 1 < layers.count
                    ? image.layers[index + 1].input.lowerBound : image.features.lowerBound
                for start in stride(
                    from: axis.computed.lowerBound, to: axis.computed.upperBound,
                    by: algorithm.outputs * dilation)
                {
                    let group = groups + (start - axis.computed.lowerBound) / axis.group
                    for column in start..<start + dilation {
                        let columns = (0..<algorithm.outputs / factor).filter {
                            wanted.contains(column / factor + $0 * dilation)
                        }
                        guard let first = columns.first, let last = columns.last else { continue }
                        let source =
                            starts.0 + column - padding(index) - axis.input.lowerBound
                        let target = starts.1 + column / factor - next
                        let tile = WinogradTile(
                            phase: phase, source: source * laneWidth,
                            target: target * laneWidth, columns: first..<last + 1,
                            inside: min(algorithm.outputs, axis.size - start))
                        result.append((tile, group))
                    }
                }
            }
        }
        return result
    }

    /// Tiles that a layer transforms and multiplies together, or columns of the first layer.
    func capacity(_ index: Int) -> Int {
        let limit = index == 0 ? 192 : WinogradEngine.block(of: layers[index]).tiles
        let count = index == 0 ? columnCount(1) : tileCount(index)
        let blocks = max(1, (count + limit - 1) / limit)
        let unit = LaneProduct.rows
        return ((count + blocks - 1) / blocks + unit - 1) / unit * unit
    }

    /// Tiles of one group of rows.
    private func tileCount(_ index: Int) -> Int {
        let side = algorithm.outputs * layers[index].dilation
        let columns = images.reduce(0) { $0 + $1.layers[index].computed.count / side }
        return columns * layers[index].dilation * layers[index].dilation
    }

    /// Lanes of output channels that are multiplied and transformed back together.
    func lanesAtOnce(_ index: Int) -> Int { WinogradEngine.block(of: layers[index]).lanes }

    // MARK: Memory

    /// Floats of the two scratch buffers of one ``RowStream``.
    var scratchCounts: (v: Int, m: Int) {
        var (v, m) = (0, 0)
        for (index, layer) in layers.enumerated() {
            let capacity = capacity(index)
            if index == 0 {
                v = max(v, FirstLayer.depth(channels: layer.inputs) * capacity)
                m = max(m, lanes(layer.outputs) * capacity * laneWidth)
            } else {
                v = max(
                    v,
                    algorithm.planes
                        * Winograd.planeStride(lanes: lanes(layer.inputs), capacity: capacity))
                m = max(
                    m,
                    algorithm.planes
                        * Winograd.planeStride(lanes: lanesAtOnce(index), capacity: capacity))
            }
        }
        return (v, m)
    }

    /// Bytes that one ``RowStream`` of this plan takes.
    func bytes(heads: [Int]) -> Int {
        let scratch = scratchCounts
        var floats = scratch.v + scratch.m
        floats += RowStream.readRows * inputColumns * architecture.channels
        // A mark each.
        floats += RowStream.readRows * inputColumns / 4 + WantedCells.bytes(plan: self) / 4
        for index in 0...layers.count {
            let depth =
                index == 0
                ? architecture.channels
                : lanes(index < layers.count ? layers[index].inputs : architecture.features)
                    * laneWidth
            floats += (ringRows(index) + 1) * columnCount(index) * depth + FirstLayer.overrun
        }
        for classes in heads {
            floats += 4 * classes * headColumns
            floats += lanes(classes) * laneWidth * columnCount(layers.count)
        }
        return 4 * floats
    }
}
