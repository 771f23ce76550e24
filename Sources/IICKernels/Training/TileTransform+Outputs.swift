internal import CProcessor

extension TileTransform {
    /// Y ← Aᵀ M A, and the sums that batch norm needs.
    ///
    /// - Parameters:
    ///   - m: planes of `(lanes, capacity, 16)`.
    ///   - lanes: how many M holds, of output channels.
    ///   - firstLane: the first of them.
    ///   - output: rows of the output, those of the tiles among them; overwritten there.
    ///   - moments: `(2, 16 · all lanes)`: sums and sums of squares of the outputs, added to; none
    ///     if empty.
    public static func transformOutputs(
        _ m: Span<Float>, lanes: Int, firstLane: Int, tiles: Span<TileGrid.Tile>, capacity: Int,
        dilation: Int, into output: inout MutableSpan<Float>, layout: LaneRows,
        moments: inout MutableSpan<Double>
    ) {
        let stride = Winograd.planeStride(lanes: lanes, capacity: capacity)
        check(m.count >= planes * stride && tiles.count <= capacity)
        check(output.count >= layout.count && firstLane + lanes <= layout.lanes)
        check(moments.isEmpty || moments.count == 2 * layout.lanes * laneWidth)
        for index in 0..<tiles.count {
            let (rows, columns) = (tiles[index].rows.outputs, tiles[index].columns.outputs)
            for place in 0..<outputs where rows[place] >= 0 {
                check(layout.rows.contains(Int(rows[place])))
            }
            check(columns.max() < layout.width)
        }
        m.withUnsafeBufferPointer { m in
            tiles.withUnsafeBufferPointer { tiles in
                output.withUnsafeMutableBufferPointer { output in
                    moments.withUnsafeMutableBufferPointer { moments in
                        guard let m = m.baseAddress, let output = output.baseAddress else {
                            return
                        }
                        for lane in 0..<lanes {
                            let sums = transformOutputs(
                                m + lane * capacity * laneWidth, stride, tiles, dilation,
                                into: output + (firstLane + lane) * layout.laneStride, layout,
                                summing: !moments.isEmpty)
                            guard let moments = moments.baseAddress else { continue }
                            let channel = (firstLane + lane) * laneWidth
                            sums.values.add(to: moments + channel)
                            sums.squares.add(to: moments + layout.lanes * laneWidth + channel)
                        }
                    }
                }
            }
        }
    }

    /// One lane; returns its sums.
    @inline(__always)
    private static func transformOutputs(
        _ m: UnsafePointer<Float>, _ stride: Int, _ tiles: UnsafeBufferPointer<TileGrid.Tile>,
        _ dilation: Int, into output: UnsafeMutablePointer<Float>, _ layout: LaneRows,
        summing: Bool
    ) -> (values: WideLane, squares: WideLane) {
        var sums = WideLane()
        var squares = WideLane()
        let (rowStep, step) = (dilation * layout.rowStride, dilation * laneWidth)
        withScratch(lanes: 2 * planes) { scratch in
            let results = scratch + planes * laneWidth
            for index in 0..<tiles.count {
                let tile = tiles[index]
                let source = m + index * laneWidth
                let following = tiles[min(index + ahead, tiles.count - 1)]
                let next =
                    output
                    + layout.place(following.rows.outputs[0], following.columns.outputs[0])
                for y in 0..<outputs {
                    for x in 0..<outputs { iicd_prefetch_write(next + y * rowStep + x * step) }
                }
                for column in 0..<inputs {
                    transformOutput(
                        source + column * stride, inputs * stride,
                        into: scratch + column * laneWidth, inputRow)
                }
                for row in 0..<outputs {
                    transformOutput(
                        scratch + row * inputRow, laneWidth,
                        into: results + row * outputs * laneWidth, laneWidth)
                }
                let (rows, columns) = (tile.rows.outputs, tile.columns.outputs)
                @inline(__always)
                func store(_ value: Lane, _ target: UnsafeMutablePointer<Float>) {
                    storeLane(value, target)
                    guard summing else { return }
                    let wide = WideLane(value)
                    sums = sums + wide
                    squares = squares + wide * wide
                }
                if tile.rows.hasAllOutputs && tile.columns.hasAllOutputs {
                    let first = output + layout.place(rows[0], columns[0])
                    for y in 0..<outputs {
                        for x in 0..<outputs {
                            store(
                                loadLane(results + (outputs * y + x) * laneWidth),
                                first + y * rowStep + x * step)
                        }
                    }
                } else {
                    for y in 0..<outputs where rows[y] >= 0 {
                        for x in 0..<outputs where columns[x] >= 0 {
                            store(
                                loadLane(results + (outputs * y + x) * laneWidth),
                                output + layout.place(rows[y], columns[x]))
                        }
                    }
                }
            }
        }
        return (sums, squares)
    }

    /// dw ← Gᵀ dU G for the weights of one lane of outputs.
    ///
    /// - Parameters:
    ///   - dU: planes of `(lanes of outputs, 16 · lanes of inputs, 16)`, without gaps.
    ///   - dWeights: `(3, 3, inputs, outputs)`; those of the lane are overwritten.
    public static func transformWeightGradient(
        _ dU: Span<Float>, lane: Int, inputs: Int, outputs: Int,
        into dWeights: inout MutableSpan<Float>
    ) {
        let depth = lanes(inputs) * laneWidth
        let plane = lanes(outputs) * depth * laneWidth
        check(dU.count == planes * plane && dWeights.count == 9 * inputs * outputs)
        check(lane >= 0 && lane < lanes(outputs))
        let used = min(laneWidth, outputs - lane * laneWidth)
        withScratch(lanes: 2 * planes) { scratch in
            let results = scratch + planes * laneWidth
            dU.withUnsafeBufferPointer { dU in
                dWeights.withUnsafeMutableBufferPointer { dWeights in
                    guard let dU = dU.baseAddress, let dWeights = dWeights.baseAddress else {
                        return
                    }
                    for input in 0..<inputs {
                        let source = dU + (lane * depth + input) * laneWidth
                        for column in 0..<Self.inputs {
                            transformWeight(
                                source + column * plane, Self.inputs * plane,
                                into: scratch + column * laneWidth, inputRow)
                        }
                        for row in 0..<3 {
                            transformWeight(
                                scratch + row * inputRow, laneWidth,
                                into: results + 3 * row * laneWidth, laneWidth)
                        }
                        for tap in 0..<9 {
                            let target =
                                dWeights + (tap * inputs + input) * outputs + lane * laneWidth
                            for o in 0..<used { target[o] = results[tap * laneWidth + o] }
                        }
                    }
                }
            }
        }
    }

    /// Aᵀ of eight.
    @inline(__always)
    private static func transformOutput(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        F6.transformOutput(source, step) { index, value in
            storeLane(value, target + index * targetStep)
        }
    }

    /// Gᵀ of eight.
    @inline(__always)
    private static func transformWeight(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (m1, m2) = (loadLane(source + step), loadLane(source + 2 * step))
        let (m3, m4) = (loadLane(source + 3 * step), loadLane(source + 4 * step))
        let (m5, m6) = (loadLane(source + 5 * step), loadLane(source + 6 * step))
        let (sum, difference) = (m1 + m2, m1 - m2)
        let (sum2, difference2) = (m3 + m4, m3 - m4)
        let (sum3, difference3) = (m5 + m6, m5 - m6)
        let first = loadLane(source).adding(-2 / 9, times: sum)
        let last = loadLane(source + 7 * step).adding(-2 / 9, times: sum)
        storeLane(first.adding(1 / 90, times: sum2).adding(32 / 45, times: sum3), target)
        storeLane(
            ((-2 / 9) * difference).adding(1 / 45, times: difference2)
                .adding(16 / 45, times: difference3), target + targetStep)
        storeLane(
            last.adding(2 / 45, times: sum2).adding(8 / 45, times: sum3), target + 2 * targetStep)
    }
}
