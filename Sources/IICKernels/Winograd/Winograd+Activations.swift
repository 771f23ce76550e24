internal import CProcessor

extension Winograd {
    /// Tiles between one that is transformed and one whose lines are fetched. Rows of activations lie
    /// beyond the second-level cache, and the processor's own prefetching does not follow so many.
    private static let ahead = 2

    /// V ← Bᵀ d B for some tiles.
    ///
    /// - Parameters:
    ///   - source: rows of `(lanes, columns, 16)`.
    ///   - rows: where the rows of a group of tiles start in `source`, ``inputs`` · dilation of them.
    ///   - laneStride: floats from one lane of a row to the next.
    ///   - v: ``planes`` times `(lanes, capacity, 16)`, ``planeStride(lanes:capacity:)`` apart,
    ///     overwritten.
    public func transformInputs(
        _ source: Span<Float>, rows: Span<Int>, tiles: Span<WinogradTile>, lanes: Int,
        laneStride: Int, dilation: Int, into v: inout MutableSpan<Float>, capacity: Int
    ) {
        switch self {
        case .f4:
            transform(
                F4.self, source, rows: rows, tiles: tiles, lanes: lanes, laneStride: laneStride,
                dilation: dilation, into: &v, capacity: capacity)
        case .f6:
            transform(
                F6.self, source, rows: rows, tiles: tiles, lanes: lanes, laneStride: laneStride,
                dilation: dilation, into: &v, capacity: capacity)
        }
    }

    @inline(__always)
    private func transform<Algorithm: WinogradAlgorithm>(
        _: Algorithm.Type, _ source: Span<Float>, rows: Span<Int>, tiles: Span<WinogradTile>,
        lanes: Int, laneStride: Int, dilation: Int, into v: inout MutableSpan<Float>, capacity: Int
    ) {
        let side = Algorithm.inputs
        let stride = Self.planeStride(lanes: lanes, capacity: capacity)
        check(rows.count == side * dilation && tiles.count <= capacity)
        check(v.count >= side * side * stride)
        let step = dilation * laneWidth
        let reach = (lanes - 1) * laneStride + (side - 1) * step + laneWidth
        for index in 0..<tiles.count {
            let tile = tiles[index]
            check(tile.phase >= 0 && tile.phase < dilation && tile.source >= 0)
            for row in 0..<side {
                let start = rows[tile.phase + row * dilation]
                check(start >= 0 && start + tile.source + reach <= source.count)
            }
        }
        source.withUnsafeBufferPointer { source in
            v.withUnsafeMutableBufferPointer { v in
                withScratch(lanes: side * side) { scratch in
                    guard let source = source.baseAddress, let v = v.baseAddress else { return }
                    for lane in 0..<lanes {
                        for index in 0..<tiles.count {
                            let tile = tiles[index]
                            let first = source + lane * laneStride + tile.source
                            let target = v + (lane * capacity + index) * laneWidth
                            let ahead = tiles[min(index + Self.ahead, tiles.count - 1)]
                            let next = source + lane * laneStride + ahead.source
                            for row in 0..<side {
                                let line = next + rows[ahead.phase + row * dilation]
                                for column in 2..<side { iicd_prefetch_read(line + column * step) }
                            }
                            for row in 0..<side {
                                Algorithm.transformInput(
                                    first + rows[tile.phase + row * dilation], step,
                                    into: scratch + row * side * laneWidth, laneWidth)
                            }
                            for column in 0..<side {
                                Algorithm.transformInput(
                                    scratch + column * laneWidth, side * laneWidth,
                                    into: target + column * stride, side * stride)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where the outputs of some tiles go.
    public struct Target: Sendable {
        /// Floats from one lane of a target row to the next.
        public var laneStride: Int
        public var dilation: Int
        /// Whether the largest of each 2 × 2 outputs is kept.
        public var pooled: Bool
        /// Output rows before pooling that lie in the scene, of the group's.
        public var insideRows: Int
        /// The first lane of the output that M holds.
        public var firstLane: Int

        public init(
            laneStride: Int, dilation: Int, pooled: Bool, insideRows: Int, firstLane: Int
        ) {
            self.laneStride = laneStride
            self.dilation = dilation
            self.pooled = pooled
            self.insideRows = insideRows
            self.firstLane = firstLane
        }
    }

    /// Y ← max(0, Aᵀ M A + bias), pooled if wanted, for some tiles and lanes of channels.
    ///
    /// - Parameters:
    ///   - m: ``planes`` times `(lanes, capacity, 16)`, ``planeStride(lanes:capacity:)`` apart.
    ///   - bias: `(lanes, 16)` of these lanes.
    ///   - output: rows of `(lanes, columns, 16)`; the wanted columns are overwritten.
    ///   - rows: where the rows of the group start in `output`, ``outputs`` · dilation of them or
    ///     half as many if pooled; −1 for a row that is not wanted.
    public func transformOutputs(
        _ m: Span<Float>, bias: Span<Float>, tiles: Span<WinogradTile>, lanes: Int, capacity: Int,
        into output: inout MutableSpan<Float>, rows: Span<Int>, target: Target
    ) {
        switch self {
        case .f4:
            invert(
                F4.self, m, bias: bias, tiles: tiles, lanes: lanes, capacity: capacity,
                into: &output, rows: rows, target: target)
        case .f6:
            invert(
                F6.self, m, bias: bias, tiles: tiles, lanes: lanes, capacity: capacity,
                into: &output, rows: rows, target: target)
        }
    }

    @inline(__always)
    private func invert<Algorithm: WinogradAlgorithm>(
        _: Algorithm.Type, _ m: Span<Float>, bias: Span<Float>, tiles: Span<WinogradTile>,
        lanes: Int, capacity: Int, into output: inout MutableSpan<Float>, rows: Span<Int>,
        target: Target
    ) {
        let (side, inputs) = (Algorithm.outputs, Algorithm.inputs)
        let stride = Self.planeStride(lanes: lanes, capacity: capacity)
        let dilation = target.dilation
        check(m.count >= inputs * inputs * stride && tiles.count <= capacity)
        check(bias.count == lanes * laneWidth && (!target.pooled || dilation == 1))
        check(rows.count == (target.pooled ? side / 2 : side * dilation))
        check(target.firstLane >= 0)
        let step = dilation * laneWidth
        let lastLane = (target.firstLane + lanes - 1) * target.laneStride
        for index in 0..<tiles.count {
            let tile = tiles[index]
            check(tile.phase >= 0 && tile.phase < dilation)
            guard !tile.columns.isEmpty else { continue }
            check(tile.columns.lowerBound >= 0)
            check(tile.columns.upperBound <= (target.pooled ? side / 2 : side))
            let first = tile.target + tile.columns.lowerBound * step
            let last = tile.target + (tile.columns.upperBound - 1) * step + lastLane + laneWidth
            for row in 0..<rows.count where rows[row] >= 0 {
                check(rows[row] + first >= 0 && rows[row] + last <= output.count)
            }
        }
        m.withUnsafeBufferPointer { m in
            bias.withUnsafeBufferPointer { bias in
                output.withUnsafeMutableBufferPointer { output in
                    withScratch(lanes: side * (inputs + 2)) { scratch in
                        guard let m = m.baseAddress, let bias = bias.baseAddress,
                            let output = output.baseAddress
                        else { return }
                        let spare = scratch + side * inputs * laneWidth
                        for lane in 0..<lanes {
                            let shift = loadLane(bias + lane * laneWidth)
                            let base = output + (target.firstLane + lane) * target.laneStride
                            for index in 0..<tiles.count {
                                let tile = tiles[index]
                                let first = m + (lane * capacity + index) * laneWidth
                                let ahead = tiles[min(index + Self.ahead, tiles.count - 1)]
                                for row in 0..<(target.pooled ? side / 2 : side) {
                                    let start = rows[ahead.phase + row * dilation]
                                    guard start >= 0 else { continue }
                                    for column in ahead.columns {
                                        iicd_prefetch_write(
                                            base + ahead.target + start + column * step)
                                    }
                                }
                                for column in 0..<inputs {
                                    let half = scratch + column * laneWidth
                                    Algorithm.transformOutput(
                                        first + column * stride, inputs * stride
                                    ) { row, value in
                                        storeLane(value, half + row * inputs * laneWidth)
                                    }
                                }
                                /// One row of outputs, `step` floats apart.
                                @inline(__always)
                                func makeRow(
                                    _ row: Int, _ line: UnsafeMutablePointer<Float>, _ step: Int
                                ) {
                                    Algorithm.transformOutput(
                                        scratch + row * inputs * laneWidth, laneWidth
                                    ) { column, value in
                                        storeLane(
                                            largest(value + shift, Lane()), line + column * step)
                                    }
                                }
                                let line = base + tile.target
                                if target.pooled {
                                    for row in 0..<side / 2 where rows[row] >= 0 {
                                        makeRow(2 * row, spare, laneWidth)
                                        makeRow(2 * row + 1, spare + side * laneWidth, laneWidth)
                                        storePooled(
                                            spare, side: side, tile: tile,
                                            isOnlyRow: 2 * row + 1 >= target.insideRows,
                                            into: line + rows[row])
                                    }
                                    continue
                                }
                                for row in 0..<side {
                                    let start = rows[tile.phase + row * dilation]
                                    guard start >= 0 else { continue }
                                    if tile.columns == 0..<side {
                                        makeRow(row, line + start, step)
                                        continue
                                    }
                                    makeRow(row, spare, laneWidth)
                                    for column in tile.columns {
                                        storeLane(
                                            loadLane(spare + column * laneWidth),
                                            line + start + column * step)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The largest of each 2 × 2 of two rows.
    @inline(__always)
    private func storePooled(
        _ values: UnsafePointer<Float>, side: Int, tile: WinogradTile, isOnlyRow: Bool,
        into target: UnsafeMutablePointer<Float>
    ) {
        // Outputs are never negative, so a pixel beyond the scene, taken as 0, never wins.
        let below = isOnlyRow ? values : values + side * laneWidth
        for column in tile.columns {
            let left = 2 * column * laneWidth
            let right = 2 * column + 1 < tile.inside ? left + laneWidth : left
            let value = largest(
                largest(loadLane(values + left), loadLane(below + left)),
                largest(loadLane(values + right), loadLane(below + right)))
            storeLane(value, target + column * laneWidth)
        }
    }
}
