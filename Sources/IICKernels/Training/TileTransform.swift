internal import CProcessor

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
    public static var algorithm: Winograd { .f4 }
    // Computed, so that they are numbers to the compiler.
    static var inputs: Int { F4.inputs }
    static var outputs: Int { F4.outputs }
    static var planes: Int { inputs * inputs }
    /// Floats of a row of a tile's inputs, or of as many planes.
    static var inputRow: Int { inputs * laneWidth }

    /// Tiles from the one that is transformed to the one whose lines are asked for.
    static var ahead: Int { 2 }

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
        let stride = Winograd.planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(v.count >= planes * stride)
        transform(
            source, layout: layout, side: inputs, dilation: dilation, offset: shape.padding,
            tiles: tiles, into: &v, first: first, capacity: capacity
        ) { source, rowStep, step, target, scratch in
            for row in 0..<inputs {
                F4.transformInput(
                    source + row * rowStep, step, into: scratch + row * inputRow, laneWidth)
            }
            for column in 0..<inputs {
                F4.transformInput(
                    scratch + column * laneWidth, inputRow, into: target + column * stride,
                    inputs * stride)
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
        let stride = Winograd.planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(w.count >= planes * stride)
        transform(
            source, layout: layout, side: outputs, dilation: shape.dilation, offset: 0,
            tiles: tiles, into: &w, first: first, capacity: capacity
        ) { source, rowStep, step, target, scratch in
            for row in 0..<outputs {
                transformGradient(
                    source + row * rowStep, step, into: scratch + row * inputRow, laneWidth)
            }
            for column in 0..<inputs {
                transformGradient(
                    scratch + column * laneWidth, inputRow, into: target + column * stride,
                    inputs * stride)
            }
        }
    }

    /// Calls `body` with where each lane of each tile lies, its row and column steps, where its
    /// first plane goes, and with scratch for as many lanes as a tile has planes. What lies beyond
    /// the rows is 0.
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
        let (rowStep, step) = (dilation * layout.rowStride, dilation * laneWidth)
        source.withUnsafeBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                withScratch(lanes: 2 * planes) { scratch in
                    guard let target = target.baseAddress else { return }
                    let edge = scratch + planes * laneWidth
                    for lane in 0..<layout.lanes {
                        for index in 0..<tiles.count {
                            let place = target + (lane * capacity + first + index) * laneWidth
                            let row = tiles[index].row - offset - layout.rows.lowerBound
                            let column = tiles[index].column - offset
                            if row >= 0, row + reach < layout.rows.count, column >= 0,
                                column + reach < layout.width, let base = source.baseAddress
                            {
                                let next = tiles[min(index + ahead, tiles.count - 1)]
                                fetch(
                                    base + layout.place(next, offset: offset, lane: lane),
                                    side: side, rowStep, step)
                                body(
                                    base + layout.place(tiles[index], offset: offset, lane: lane),
                                    rowStep, step, place, scratch)
                            } else {
                                copy(
                                    source, layout: layout, lane: lane, row: row, column: column,
                                    side: side, dilation: dilation, to: edge)
                                body(edge, side * laneWidth, laneWidth, place, scratch)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Asks for the lines of a tile that those to its left do not share.
    @inline(__always)
    private static func fetch(
        _ tile: UnsafePointer<Float>, side: Int, _ rowStep: Int, _ step: Int
    ) {
        for row in 0..<side {
            for column in (side - outputs)..<side {
                iicd_prefetch_read(tile + row * rowStep + column * step)
            }
        }
    }

    /// Copies a tile of which a part may lie beyond the rows.
    @inline(__always)
    private static func copy(
        _ source: UnsafeBufferPointer<Float>, layout: LaneRows, lane: Int, row: Int, column: Int,
        side: Int, dilation: Int, to edge: UnsafeMutablePointer<Float>
    ) {
        for y in 0..<side {
            let y1 = row + y * dilation
            for x in 0..<side {
                let x1 = column + x * dilation
                let target = edge + (y * side + x) * laneWidth
                if y1 >= 0, y1 < layout.rows.count, x1 >= 0, x1 < layout.width,
                    let base = source.baseAddress
                {
                    let start = y1 * layout.rowStride + lane * layout.laneStride
                    storeLane(loadLane(base + start + x1 * laneWidth), target)
                } else {
                    storeLane(Lane(), target)
                }
            }
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
}
