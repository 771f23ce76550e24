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
            let tile = tiles[index]
            check(layout.rows.contains(tile.row) && tile.column >= 0)
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
                let next = output + layout.place(tiles[min(index + ahead, tiles.count - 1)])
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
                let row = tile.row - layout.rows.lowerBound
                let height = min(outputs, (layout.rows.count - row + dilation - 1) / dilation)
                let width = min(outputs, (layout.width - tile.column + dilation - 1) / dilation)
                let first = output + layout.place(tile)
                for y in 0..<height {
                    for x in 0..<width {
                        let value = loadLane(results + (outputs * y + x) * laneWidth)
                        storeLane(value, first + y * rowStep + x * step)
                        guard summing else { continue }
                        let wide = WideLane(value)
                        sums = sums + wide
                        squares = squares + wide * wide
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

    /// Aᵀ of six.
    @inline(__always)
    private static func transformOutput(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        F4.transformOutput(source, step) { index, value in
            storeLane(value, target + index * targetStep)
        }
    }

    /// Gᵀ of six.
    @inline(__always)
    private static func transformWeight(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (m0, m1) = (loadLane(source), loadLane(source + step))
        let (m2, m3) = (loadLane(source + 2 * step), loadLane(source + 3 * step))
        let (m4, m5) = (loadLane(source + 4 * step), loadLane(source + 5 * step))
        let (sum, difference) = (m1 + m2, m2 - m1)
        let (sum2, difference2) = (m3 + m4, m3 - m4)
        storeLane(m0 / 4 - sum / 6 + sum2 / 24, target)
        storeLane(difference / 6 + difference2 / 12, target + targetStep)
        storeLane(sum2 / 6 - sum / 6 + m5, target + 2 * targetStep)
    }
}
