import IICKernels

extension RowStream {
    /// Makes the next group of rows of one layer.
    func advance(_ index: Int, _ read: Read) throws {
        if index == 0 { try advanceFirst(read) } else { try advanceWinograd(index, read) }
    }

    private func ensure(_ index: Int, upTo row: Int, _ read: Read) throws {
        while rings[index].next < row {
            if index == 0 { try readMore(read) } else { try advance(index - 1, read) }
        }
    }

    /// Which groups of columns of a layer's next rows reach a wanted output; nil for all of them.
    ///
    /// Its inputs are there already; reads on to the last row of outputs that it reaches.
    private func wantedGroups(_ index: Int, _ read: Read) throws -> [Bool]? {
        guard wanted != nil else { return nil }
        let layer = plan.rows.layers[index]
        let reached = rowReach[index][(next[index] - layer.computed.lowerBound) / layer.group]
        try ensure(0, upTo: min(reached.upperBound, plan.rows.inputs.upperBound), read)
        return wanted?.groups(reaching: reached, columns: columnReach[index])
    }

    private func wantedTiles(_ index: Int, _ read: Read) throws -> [WinogradTile] {
        let all = tiles[index]
        guard let groups = try wantedGroups(index, read) else { return all }
        return zip(all, tileGroups[index]).filter { groups[$1] }.map(\.0)
    }

    /// Where a row of a layer's input starts; zeros beyond the scene.
    private func source(_ index: Int, _ row: Int) -> Int {
        let ring = rings[index]
        return plan.rows.layers[index].needed.contains(row) ? ring.offset(row) : ring.zeros
    }

    private func advanceFirst(_ read: Read) throws {
        let layer = network.architecture.layers[0]
        let rowPlan = plan.rows.layers[0]
        let first = next[0]
        let end = min(first + AxisPlan.firstGroup, rowPlan.computed.upperBound)
        try ensure(0, upTo: min(end + 1, rowPlan.inputSize), read)
        let parts = try plan.firstParts(wantedGroups(0, read))
        let capacity = plan.capacity(0)
        let depth = FirstLayer.depth(channels: layer.inputs)
        let outputLanes = lanes(layer.outputs)
        let (v, m, input, output) = (self.v, self.m, rings[0].buffer, rings[1].buffer)
        let (packed, bias) = (network.first, network.biases[0])
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
        let all = try wantedTiles(index, read)
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
