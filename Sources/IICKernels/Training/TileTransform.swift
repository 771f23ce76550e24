internal import CProcessor

/// The Winograd algorithm F(6 × 6, 3 × 3) over whole images with edges, and its gradient.
///
/// With V = Bᵀ x B of the inputs of a tile and U = G w Gᵀ of the weights, outputs are
/// Aᵀ (V U) A, products being those of each of the 64 planes apart. So a gradient dy of the outputs
/// gives W = A dy Aᵀ, and the weights' gradient is Gᵀ (Σ Vᵀ W) G, summed over tiles: a fifth of
/// the products that it would take directly.
///
/// Source: Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks* (2016), section 4.3;
/// the gradient follows from it by the chain rule.
public enum TileTransform {
    public static var algorithm: Winograd { .f6 }
    // Computed, so that they are numbers to the compiler.
    static var inputs: Int { F6.inputs }
    static var outputs: Int { F6.outputs }
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
        checkPlaces(tiles, layout) { $0.inputs }
        let stride = Winograd.planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(v.count >= planes * stride)
        transform(
            source, layout: layout, side: inputs, dilation: shape.dilation, tiles: tiles, into: &v,
            first: first, capacity: capacity, axis: { ($0.inputs, $0.hasAllInputs) }
        ) { source, rowStep, step, target, scratch in
            for row in 0..<inputs {
                F6.transformInput(
                    source + row * rowStep, step, into: scratch + row * inputRow, laneWidth)
            }
            for column in 0..<inputs {
                F6.transformInput(
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
        checkPlaces(tiles, layout) { $0.outputs }
        let stride = Winograd.planeStride(lanes: layout.lanes, capacity: capacity)
        check(source.count >= layout.count && first >= 0 && first + tiles.count <= capacity)
        check(w.count >= planes * stride)
        transform(
            source, layout: layout, side: outputs, dilation: shape.dilation, tiles: tiles, into: &w,
            first: first, capacity: capacity, axis: { ($0.outputs, $0.hasAllOutputs) }
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

    /// That all that tiles read lies in the rows.
    @inline(__always)
    private static func checkPlaces(
        _ tiles: Span<TileGrid.Tile>, _ layout: LaneRows,
        _ axis: (TileGrid.Line) -> SIMD8<Int32>
    ) {
        for index in 0..<tiles.count {
            let (rows, columns) = (axis(tiles[index].rows), axis(tiles[index].columns))
            for place in 0..<8 where rows[place] >= 0 {
                check(layout.rows.contains(Int(rows[place])))
            }
            check(columns.max() < layout.width)
        }
    }

    /// Calls `body` with where each lane of each tile lies, its row and column steps, where its
    /// first plane goes, and with scratch for as many lanes as a tile has planes. Where there is
    /// nothing it is 0.
    ///
    /// - Parameter axis: what of a tile is read along an axis, and whether it is all there, as far
    ///   apart as the dilation.
    @inline(__always)
    private static func transform(
        _ source: Span<Float>, layout: LaneRows, side: Int, dilation: Int,
        tiles: Span<TileGrid.Tile>, into target: inout MutableSpan<Float>, first: Int,
        capacity: Int, axis: (TileGrid.Line) -> (places: SIMD8<Int32>, isWhole: Bool),
        _ body: (
            UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        let (rowStep, step) = (dilation * layout.rowStride, dilation * laneWidth)
        source.withUnsafeBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                withScratch(lanes: 2 * planes) { scratch in
                    guard let target = target.baseAddress, let source = source.baseAddress else {
                        return
                    }
                    let edge = scratch + planes * laneWidth
                    for lane in 0..<layout.lanes {
                        let source = source + lane * layout.laneStride
                        for index in 0..<tiles.count {
                            let place = target + (lane * capacity + first + index) * laneWidth
                            let rows = axis(tiles[index].rows)
                            let columns = axis(tiles[index].columns)
                            let next = tiles[min(index + ahead, tiles.count - 1)]
                            fetch(
                                source
                                    + layout.place(
                                        axis(next.rows).places[0], axis(next.columns).places[0]),
                                side: side, rowStep, step)
                            if rows.isWhole && columns.isWhole {
                                body(
                                    source + layout.place(rows.places[0], columns.places[0]),
                                    rowStep, step, place, scratch)
                            } else {
                                copy(
                                    source, layout: layout, rows: rows.places,
                                    columns: columns.places, side: side, to: edge)
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

    /// Copies a tile of which a part may be nothing.
    @inline(__always)
    private static func copy(
        _ source: UnsafePointer<Float>, layout: LaneRows, rows: SIMD8<Int32>,
        columns: SIMD8<Int32>, side: Int, to edge: UnsafeMutablePointer<Float>
    ) {
        for y in 0..<side {
            for x in 0..<side {
                let isThere = rows[y] >= 0 && columns[x] >= 0
                storeLane(
                    isThere ? loadLane(source + layout.place(rows[y], columns[x])) : Lane(),
                    edge + (y * side + x) * laneWidth)
            }
        }
    }

    /// A of six.
    @inline(__always)
    private static func transformGradient(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (y0, y1) = (loadLane(source), loadLane(source + step))
        let (y2, y3) = (loadLane(source + 2 * step), loadLane(source + 3 * step))
        let (y4, y5) = (loadLane(source + 4 * step), loadLane(source + 5 * step))
        let (even, odd) = ((y0 + y2) + y4, (y1 + y3) + y5)
        let even2 = y0.adding(4, times: y2).adding(16, times: y4)
        let odd2 = (2 * y1).adding(8, times: y3).adding(32, times: y5)
        let even3 = y0.adding(1 / 4, times: y2).adding(1 / 16, times: y4)
        let odd3 = (0.5 * y1).adding(1 / 8, times: y3).adding(1 / 32, times: y5)
        storeLane(y0, target)
        storeLane(even + odd, target + targetStep)
        storeLane(even - odd, target + 2 * targetStep)
        storeLane(even2 + odd2, target + 3 * targetStep)
        storeLane(even2 - odd2, target + 4 * targetStep)
        storeLane(even3 + odd3, target + 5 * targetStep)
        storeLane(even3 - odd3, target + 6 * targetStep)
        storeLane(y5, target + 7 * targetStep)
    }
}
