/// The Winograd algorithm F(4 × 4, 3 × 3) over whole images with edges, and its gradient.
///
/// With V = Bᵀ x B of the inputs of a tile and U = G w Gᵀ of the weights, outputs are
/// Aᵀ (V U) A, products being those of each of the 36 planes apart. So a gradient dy of the outputs
/// gives W = A dy Aᵀ, and the weights' gradient is Gᵀ (Σ Vᵀ W) G, summed over tiles: a quarter of
/// the products that it would take directly.
///
/// Source: Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks* (2016), section 4.3;
/// the gradient follows from it by the chain rule.
public enum TileTransform {
    /// Outputs a side.
    public static let outputs = F4.outputs
    /// Inputs a side, and the square root of the number of planes.
    public static let inputs = 6
    public static let planes = inputs * inputs

    /// Floats from one plane of V, W or M to the next: `(lanes, capacity, 16)` and a gap, without
    /// which all planes of a tile may share one cache set.
    public static func planeStride(lanes: Int, capacity: Int) -> Int {
        (lanes * capacity + 3) * laneWidth
    }

    /// V ← Bᵀ x B.
    ///
    /// - Parameters:
    ///   - source: the image's rows that tiles read, as `layout` has them; zeros are beyond them.
    ///   - v: planes of `(lanes, capacity, 16)`; the tiles from `first` on are overwritten. Threads
    ///     may fill different tiles of one buffer.
    public static func transformInputs(
        _ source: Span<Float>, layout: LaneRows, shape: ConvolutionShape,
        tiles: Span<TileGrid.Tile>, into v: inout MutableSpan<Float>, first: Int, capacity: Int
    ) {
        let dilation = shape.dilation
        let stride = planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(v.count >= planes * stride)
        transform(
            source, layout: layout, side: inputs, dilation: dilation, offset: shape.padding,
            tiles: tiles, into: &v, first: first, capacity: capacity
        ) { source, rowStep, step, target, scratch in
            for row in 0..<inputs {
                F4.transformInput(source + row * rowStep, step, into: scratch + row * 96, 16)
            }
            for column in 0..<inputs {
                F4.transformInput(
                    scratch + column * 16, 96, into: target + column * stride, 6 * stride)
            }
        }
    }

    /// W ← A dy Aᵀ.
    ///
    /// - Parameters:
    ///   - source: rows of the outputs' gradient, those of the tiles among them.
    ///   - w: as V of ``transformInputs(_:layout:shape:tiles:into:first:capacity:)``.
    public static func transformGradients(
        _ source: Span<Float>, layout: LaneRows, shape: ConvolutionShape,
        tiles: Span<TileGrid.Tile>, into w: inout MutableSpan<Float>, first: Int, capacity: Int
    ) {
        let stride = planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(w.count >= planes * stride)
        transform(
            source, layout: layout, side: outputs, dilation: shape.dilation, offset: 0,
            tiles: tiles, into: &w, first: first, capacity: capacity
        ) { source, rowStep, step, target, scratch in
            for row in 0..<outputs {
                transformGradient(source + row * rowStep, step, into: scratch + row * 96, 16)
            }
            for column in 0..<inputs {
                transformGradient(
                    scratch + column * 16, 96, into: target + column * stride, 6 * stride)
            }
        }
    }

    /// Calls `body` with where each lane of each tile lies, its row and column steps, where its
    /// first plane goes, and with scratch for 36 lanes. What lies beyond the rows is 0.
    @inline(__always)
    private static func transform(
        _ source: Span<Float>, layout: LaneRows, side: Int, dilation: Int, offset: Int,
        tiles: Span<TileGrid.Tile>, into target: inout MutableSpan<Float>, first: Int,
        capacity: Int,
        _ body: (
            UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        let reach = (side - 1) * dilation
        withScratch { scratch, edge in
            source.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer { target in
                    guard let target = target.baseAddress else { return }
                    for lane in 0..<layout.lanes {
                        for index in 0..<tiles.count {
                            let tile = tiles[index]
                            let row = tile.row - offset - layout.rows.lowerBound
                            let column = tile.column - offset
                            let place = target + (lane * capacity + first + index) * laneWidth
                            if row >= 0, row + reach < layout.rows.count, column >= 0,
                                column + reach < layout.width, let base = source.baseAddress
                            {
                                let start = row * layout.rowStride + lane * layout.laneStride
                                body(
                                    base + start + column * laneWidth,
                                    dilation * layout.rowStride, dilation * laneWidth, place,
                                    scratch)
                                continue
                            }
                            for y in 0..<side {
                                let y1 = row + y * dilation
                                for x in 0..<side {
                                    let x1 = column + x * dilation
                                    let target = edge + (y * side + x) * laneWidth
                                    if y1 >= 0, y1 < layout.rows.count, x1 >= 0,
                                        x1 < layout.width, let base = source.baseAddress
                                    {
                                        let start =
                                            y1 * layout.rowStride + lane * layout.laneStride
                                        storeLane(
                                            loadLane(base + start + x1 * laneWidth), target)
                                    } else {
                                        storeLane(Lane(), target)
                                    }
                                }
                            }
                            body(edge, side * laneWidth, laneWidth, place, scratch)
                        }
                    }
                }
            }
        }
    }

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
        let stride = planeStride(lanes: lanes, capacity: capacity)
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
        withScratch { scratch, results in
            for index in 0..<tiles.count {
                let tile = tiles[index]
                let source = m + index * laneWidth
                for column in 0..<inputs {
                    transformOutput(
                        source + column * stride, 6 * stride, into: scratch + column * 16, 96)
                }
                for row in 0..<outputs {
                    transformOutput(scratch + row * 96, 16, into: results + row * 64, 16)
                }
                let row = tile.row - layout.rows.lowerBound
                let height = min(outputs, (layout.rows.count - row + dilation - 1) / dilation)
                let width = min(outputs, (layout.width - tile.column + dilation - 1) / dilation)
                let first = output + row * layout.rowStride + tile.column * laneWidth
                for y in 0..<height {
                    let line = first + y * dilation * layout.rowStride
                    for x in 0..<width {
                        let value = loadLane(results + (4 * y + x) * laneWidth)
                        storeLane(value, line + x * dilation * laneWidth)
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
        withScratch { scratch, results in
            dU.withUnsafeBufferPointer { dU in
                dWeights.withUnsafeMutableBufferPointer { dWeights in
                    guard let dU = dU.baseAddress, let dWeights = dWeights.baseAddress else {
                        return
                    }
                    for input in 0..<inputs {
                        let source = dU + (lane * depth + input) * laneWidth
                        for column in 0..<Self.inputs {
                            transformWeight(
                                source + column * plane, 6 * plane, into: scratch + column * 16,
                                96)
                        }
                        for row in 0..<3 {
                            transformWeight(scratch + row * 96, 16, into: results + row * 48, 16)
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

    // MARK: Along one axis

    @inline(__always)
    private static func withScratch(
        _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let count = planes * laneWidth
        withUnsafeTemporaryAllocation(of: Lane.self, capacity: 2 * planes) { lanes in
            guard let base = lanes.baseAddress else { return }
            let floats = UnsafeMutableRawPointer(base).assumingMemoryBound(to: Float.self)
            body(floats, floats + count)
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

    /// A of four.
    @inline(__always)
    private static func transformGradient(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (y0, y1) = (loadLane(source), loadLane(source + step))
        let (y2, y3) = (loadLane(source + 2 * step), loadLane(source + 3 * step))
        let (even, odd) = (y0 + y2, y1 + y3)
        let (even2, odd2) = (y0 + 4 * y2, 2 * y1 + 8 * y3)
        storeLane(y0, target)
        storeLane(even + odd, target + targetStep)
        storeLane(even - odd, target + 2 * targetStep)
        storeLane(even2 + odd2, target + 3 * targetStep)
        storeLane(even2 - odd2, target + 4 * targetStep)
        storeLane(y3, target + 5 * targetStep)
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
