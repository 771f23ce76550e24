/// One Winograd tile: where its input lies, and where its outputs go.
///
/// A tile makes 4 × 4 outputs of a 3 × 3 convolution from 6 × 6 inputs. With dilation d its inputs
/// and outputs are d pixels apart, and d × d such tiles interleave.
///
///     inputs      · · · · · ·        source: the first of the 6 columns
///                 · o o o o ·        columns: those of the 4 outputs that are wanted
///                 · o o o o ·        inside: those that lie in the scene, from the left
public struct WinogradTile: Hashable, Sendable {
    /// Which of the d rows of a group the tile's first row is.
    public var phase: Int
    /// The first input column, in floats from the start of an input row's lane.
    public var source: Int
    /// The first output column, pooled if the layer pools, in floats from the start of an output
    /// row's lane; may lie before it if that column is not wanted.
    public var target: Int
    /// Output columns to write, of 4, or of 2 if pooled.
    public var columns: Range<Int>
    /// Output columns before pooling that lie in the scene, of 4.
    public var inside: Int

    public init(phase: Int, source: Int, target: Int, columns: Range<Int>, inside: Int) {
        self.phase = phase
        self.source = source
        self.target = target
        self.columns = columns
        self.inside = inside
    }
}

/// The Winograd algorithm F(4 × 4, 3 × 3): 36 products where a plain convolution does 144.
///
/// Source: Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks* (2016), section 4.3.
public enum Winograd {
    /// Outputs a side.
    public static let outputs = 4
    /// Inputs a side, and the square root of the number of products.
    public static let inputs = 6
    /// Products of one tile and pair of channels.
    public static let planes = inputs * inputs

    /// Floats of V and M for one lane of channels: a plane of `capacity` tiles in each.
    public static func planeStride(lanes: Int, capacity: Int) -> Int {
        // One cache line more than a power of two: else all planes of a tile share one cache set.
        lanes * capacity * laneWidth + 3 * laneWidth
    }

    /// Floats of the transformed weights.
    public static func packedCount(inputs: Int, outputs: Int) -> Int {
        planes * LaneProduct.packedCount(
            depth: lanes(inputs) * laneWidth, lanes: lanes(outputs))
    }

    /// Transforms 3 × 3 weights and packs them for the products: G g Gᵀ, in double precision.
    ///
    /// - Parameters:
    ///   - weights: `(3, 3, inputs, outputs)`.
    ///   - scale: what each output channel is multiplied by, `(outputs)`.
    ///   - packed: ``packedCount(inputs:outputs:)`` floats; of them the planes `6 · row ..< 6 · row
    ///     + 6` are overwritten, so that rows can be made on several threads.
    ///   - row: the row of G g Gᵀ to make, 0…5.
    public static func transformWeights(
        _ weights: Span<Float>, scale: Span<Float>, inputs: Int, outputs: Int, row: Int,
        into packed: inout MutableSpan<Float>
    ) {
        check(weights.count == 9 * inputs * outputs && scale.count == outputs)
        let depth = lanes(inputs) * laneWidth
        let size = LaneProduct.packedCount(depth: depth, lanes: lanes(outputs))
        check(packed.count == Winograd.inputs * size)
        weights.withUnsafeBufferPointer { weights in
            scale.withUnsafeBufferPointer { scale in
                packed.withUnsafeMutableBufferPointer { packed in
                    guard let weights = weights.baseAddress, let scale = scale.baseAddress,
                        let packed = packed.baseAddress
                    else { return }
                    LaneProduct.forEachRun(depth: depth, lanes: lanes(outputs)) {
                        i, first, count, index in
                        let used = i < inputs ? max(0, min(count, outputs - first)) : 0
                        let tap = inputs * outputs
                        let (top, middle, bottom) = (g(row, 0), g(row, 1), g(row, 2))
                        for column in 0..<Winograd.inputs {
                            let target = packed + column * size + index
                            let (left, center, right) = (g(column, 0), g(column, 1), g(column, 2))
                            for o in 0..<used {
                                let w = weights + i * outputs + first + o
                                @inline(__always) func down(_ x: Int) -> Double {
                                    (top * Double(w[x * tap]) + middle * Double(w[(3 + x) * tap]))
                                        + bottom * Double(w[(6 + x) * tap])
                                }
                                let sum = (left * down(0) + center * down(1)) + right * down(2)
                                target[o] = Float(sum * Double(scale[first + o]))
                            }
                            for o in used..<count { target[o] = 0 }
                        }
                    }
                }
            }
        }
    }

    /// G, 6 × 3.
    @inline(__always)
    private static func g(_ row: Int, _ column: Int) -> Double { matrix[3 * row + column] }

    private static let matrix: [Double] = [
        1 / 4, 0, 0, -1 / 6, -1 / 6, -1 / 6, -1 / 6, 1 / 6, -1 / 6, 1 / 24, 1 / 12, 1 / 6, 1 / 24,
        -1 / 12, 1 / 6, 0, 0, 1,
    ]

    /// V ← Bᵀ d B for some tiles.
    ///
    /// - Parameters:
    ///   - source: rows of `(lanes, columns, 16)`.
    ///   - rows: where the rows of a group of tiles start in `source`, 6 · dilation of them.
    ///   - laneStride: floats from one lane of a row to the next.
    ///   - v: 36 planes of `(lanes, capacity, 16)`, ``planeStride(lanes:capacity:)`` apart,
    ///     overwritten.
    public static func transformInputs(
        _ source: Span<Float>, rows: Span<Int>, tiles: Span<WinogradTile>, lanes: Int,
        laneStride: Int, dilation: Int, into v: inout MutableSpan<Float>, capacity: Int
    ) {
        let stride = planeStride(lanes: lanes, capacity: capacity)
        check(rows.count == inputs * dilation && tiles.count <= capacity)
        check(v.count >= planes * stride)
        let step = dilation * laneWidth
        let reach = (lanes - 1) * laneStride + (inputs - 1) * step + laneWidth
        for index in 0..<tiles.count {
            let tile = tiles[index]
            check(tile.phase >= 0 && tile.phase < dilation && tile.source >= 0)
            for row in 0..<inputs {
                let start = rows[tile.phase + row * dilation]
                check(start >= 0 && start + tile.source + reach <= source.count)
            }
        }
        source.withUnsafeBufferPointer { source in
            v.withUnsafeMutableBufferPointer { v in
                guard let source = source.baseAddress, let v = v.baseAddress else { return }
                for lane in 0..<lanes {
                    for index in 0..<tiles.count {
                        let tile = tiles[index]
                        let first = source + lane * laneStride + tile.source
                        let target = v + (lane * capacity + index) * laneWidth
                        transform(
                            first + rows[tile.phase], first + rows[tile.phase + dilation],
                            first + rows[tile.phase + 2 * dilation],
                            first + rows[tile.phase + 3 * dilation],
                            first + rows[tile.phase + 4 * dilation],
                            first + rows[tile.phase + 5 * dilation], step: step, into: target,
                            stride: stride)
                    }
                }
            }
        }
    }

    /// Six lanes.
    private struct Six {
        var x0: Lane
        var x1: Lane
        var x2: Lane
        var x3: Lane
        var x4: Lane
        var x5: Lane

        /// Bᵀ x.
        @inline(__always)
        var transformed: Six {
            let even = x4 - 4 * x2
            let odd = x3 - 4 * x1
            let evenSmall = x4 - x2
            let oddSmall = 2 * (x3 - x1)
            return Six(
                x0: (4 * x0 - 5 * x2) + x4, x1: even + odd, x2: even - odd,
                x3: evenSmall + oddSmall, x4: evenSmall - oddSmall,
                x5: (4 * x1 - 5 * x3) + x5)
        }

        @inline(__always)
        init(_ source: UnsafePointer<Float>, _ step: Int) {
            x0 = load(source)
            x1 = load(source + step)
            x2 = load(source + 2 * step)
            x3 = load(source + 3 * step)
            x4 = load(source + 4 * step)
            x5 = load(source + 5 * step)
        }

        @inline(__always)
        init(x0: Lane, x1: Lane, x2: Lane, x3: Lane, x4: Lane, x5: Lane) {
            self.x0 = x0
            self.x1 = x1
            self.x2 = x2
            self.x3 = x3
            self.x4 = x4
            self.x5 = x5
        }
    }

    @inline(__always)
    private static func load(_ source: UnsafePointer<Float>) -> Lane {
        UnsafeRawPointer(source).assumingMemoryBound(to: Lane.self).pointee
    }

    @inline(__always)
    private static func store(_ value: Lane, _ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).assumingMemoryBound(to: Lane.self).pointee = value
    }

    @inline(__always)
    private static func transform(
        _ r0: UnsafePointer<Float>, _ r1: UnsafePointer<Float>, _ r2: UnsafePointer<Float>,
        _ r3: UnsafePointer<Float>, _ r4: UnsafePointer<Float>, _ r5: UnsafePointer<Float>,
        step: Int, into v: UnsafeMutablePointer<Float>, stride: Int
    ) {
        // Along rows first: what comes out is 6 × 6 again, kept by columns.
        let a = Six(r0, step).transformed
        let b = Six(r1, step).transformed
        let c = Six(r2, step).transformed
        let d = Six(r3, step).transformed
        let e = Six(r4, step).transformed
        let f = Six(r5, step).transformed
        @inline(__always)
        func column(_ values: Six, _ index: Int) {
            let out = values.transformed
            let target = v + index * stride
            store(out.x0, target)
            store(out.x1, target + 6 * stride)
            store(out.x2, target + 12 * stride)
            store(out.x3, target + 18 * stride)
            store(out.x4, target + 24 * stride)
            store(out.x5, target + 30 * stride)
        }
        column(Six(x0: a.x0, x1: b.x0, x2: c.x0, x3: d.x0, x4: e.x0, x5: f.x0), 0)
        column(Six(x0: a.x1, x1: b.x1, x2: c.x1, x3: d.x1, x4: e.x1, x5: f.x1), 1)
        column(Six(x0: a.x2, x1: b.x2, x2: c.x2, x3: d.x2, x4: e.x2, x5: f.x2), 2)
        column(Six(x0: a.x3, x1: b.x3, x2: c.x3, x3: d.x3, x4: e.x3, x5: f.x3), 3)
        column(Six(x0: a.x4, x1: b.x4, x2: c.x4, x3: d.x4, x4: e.x4, x5: f.x4), 4)
        column(Six(x0: a.x5, x1: b.x5, x2: c.x5, x3: d.x5, x4: e.x5, x5: f.x5), 5)
    }

    /// Where the outputs of some tiles go.
    public struct Target: Sendable {
        /// Floats from one lane of a target row to the next.
        public var laneStride: Int
        public var dilation: Int
        /// Whether the largest of each 2 × 2 outputs is kept.
        public var pooled: Bool
        /// Output rows before pooling that lie in the scene, of the group's 4 · dilation.
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
    ///   - m: 36 planes of `(lanes, capacity, 16)`, ``planeStride(lanes:capacity:)`` apart.
    ///   - bias: `(lanes, 16)` of these lanes.
    ///   - output: rows of `(lanes, columns, 16)`; the wanted columns are overwritten.
    ///   - rows: where the rows of the group start in `output`, 4 · dilation of them or 2 if
    ///     pooled; −1 for a row that is not wanted.
    public static func transformOutputs(
        _ m: Span<Float>, bias: Span<Float>, tiles: Span<WinogradTile>, lanes: Int, capacity: Int,
        into output: inout MutableSpan<Float>, rows: Span<Int>, target: Target
    ) {
        let stride = planeStride(lanes: lanes, capacity: capacity)
        let dilation = target.dilation
        check(m.count >= planes * stride && tiles.count <= capacity)
        check(bias.count == lanes * laneWidth && (!target.pooled || dilation == 1))
        check(rows.count == (target.pooled ? 2 : outputs * dilation))
        let step = dilation * laneWidth
        let lastLane = (target.firstLane + lanes - 1) * target.laneStride
        for index in 0..<tiles.count {
            let tile = tiles[index]
            check(tile.phase >= 0 && tile.phase < dilation)
            guard !tile.columns.isEmpty else { continue }
            check(tile.columns.lowerBound >= 0 && tile.columns.upperBound <= outputs)
            let first = tile.target + tile.columns.lowerBound * step
            let last = tile.target + (tile.columns.upperBound - 1) * step + lastLane + laneWidth
            for row in 0..<rows.count where rows[row] >= 0 {
                check(rows[row] + first >= 0 && rows[row] + last <= output.count)
            }
        }
        m.withUnsafeBufferPointer { m in
            bias.withUnsafeBufferPointer { bias in
                output.withUnsafeMutableBufferPointer { output in
                    guard let m = m.baseAddress, let bias = bias.baseAddress,
                        let output = output.baseAddress
                    else { return }
                    for lane in 0..<lanes {
                        let shift = load(bias + lane * laneWidth)
                        let base = output + (target.firstLane + lane) * target.laneStride
                        for index in 0..<tiles.count {
                            let tile = tiles[index]
                            let y = inverse(
                                m + (lane * capacity + index) * laneWidth, stride, shift)
                            if target.pooled {
                                storePooled(
                                    y, tile: tile, insideRows: target.insideRows,
                                    into: base + tile.target, rows: rows)
                            } else {
                                store(
                                    y, tile: tile, into: base + tile.target, rows: rows,
                                    dilation: dilation)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Four lanes.
    private struct Four {
        var y0: Lane
        var y1: Lane
        var y2: Lane
        var y3: Lane

        @inline(__always)
        subscript(index: Int) -> Lane {
            switch index {
            case 0: y0
            case 1: y1
            case 2: y2
            default: y3
            }
        }

        /// Aᵀ of six.
        @inline(__always)
        init(_ m: Six) {
            let sum = m.x1 + m.x2
            let difference = m.x1 - m.x2
            let sum2 = m.x3 + m.x4
            let difference2 = m.x3 - m.x4
            y0 = (m.x0 + sum) + sum2
            y1 = difference + 2 * difference2
            y2 = sum + 4 * sum2
            y3 = (difference + 8 * difference2) + m.x5
        }

        @inline(__always)
        func rectified(_ bias: Lane) -> Four {
            var result = self
            let zero = Lane()
            result.y0 = largest(y0 + bias, zero)
            result.y1 = largest(y1 + bias, zero)
            result.y2 = largest(y2 + bias, zero)
            result.y3 = largest(y3 + bias, zero)
            return result
        }
    }

    /// 4 × 4 outputs, by rows.
    private struct Outputs {
        var r0: Four
        var r1: Four
        var r2: Four
        var r3: Four

        @inline(__always)
        subscript(index: Int) -> Four {
            switch index {
            case 0: r0
            case 1: r1
            case 2: r2
            default: r3
            }
        }
    }

    @inline(__always)
    private static func inverse(
        _ m: UnsafePointer<Float>, _ stride: Int, _ bias: Lane
    ) -> Outputs {
        // Down the columns first, then along each of the four rows.
        let a = Four(Six(m, 6 * stride))
        let b = Four(Six(m + stride, 6 * stride))
        let c = Four(Six(m + 2 * stride, 6 * stride))
        let d = Four(Six(m + 3 * stride, 6 * stride))
        let e = Four(Six(m + 4 * stride, 6 * stride))
        let f = Four(Six(m + 5 * stride, 6 * stride))
        return Outputs(
            r0: Four(Six(x0: a.y0, x1: b.y0, x2: c.y0, x3: d.y0, x4: e.y0, x5: f.y0))
                .rectified(bias),
            r1: Four(Six(x0: a.y1, x1: b.y1, x2: c.y1, x3: d.y1, x4: e.y1, x5: f.y1))
                .rectified(bias),
            r2: Four(Six(x0: a.y2, x1: b.y2, x2: c.y2, x3: d.y2, x4: e.y2, x5: f.y2))
                .rectified(bias),
            r3: Four(Six(x0: a.y3, x1: b.y3, x2: c.y3, x3: d.y3, x4: e.y3, x5: f.y3))
                .rectified(bias))
    }

    @inline(__always)
    private static func store(
        _ y: Outputs, tile: WinogradTile, into target: UnsafeMutablePointer<Float>,
        rows: Span<Int>, dilation: Int
    ) {
        let step = dilation * laneWidth
        for row in 0..<outputs {
            let start = rows[tile.phase + row * dilation]
            guard start >= 0 else { continue }
            let line = target + start
            let values = y[row]
            if tile.columns == 0..<outputs {
                store(values.y0, line)
                store(values.y1, line + step)
                store(values.y2, line + 2 * step)
                store(values.y3, line + 3 * step)
            } else {
                for column in tile.columns { store(values[column], line + column * step) }
            }
        }
    }

    @inline(__always)
    private static func storePooled(
        _ y: Outputs, tile: WinogradTile, insideRows: Int,
        into target: UnsafeMutablePointer<Float>, rows: Span<Int>
    ) {
        for row in 0..<2 where rows[row] >= 0 {
            let line = target + rows[row]
            var upper = y[2 * row]
            let below = y[2 * row + 1]
            // Outputs are never negative, so a pixel beyond the scene, taken as 0, never wins.
            if 2 * row + 1 < insideRows {
                upper.y0 = largest(upper.y0, below.y0)
                upper.y1 = largest(upper.y1, below.y1)
                upper.y2 = largest(upper.y2, below.y2)
                upper.y3 = largest(upper.y3, below.y3)
            }
            let left = tile.inside > 1 ? largest(upper.y0, upper.y1) : upper.y0
            let right = tile.inside > 3 ? largest(upper.y2, upper.y3) : upper.y2
            if tile.columns.contains(0) { store(left, line) }
            if tile.columns.contains(1) { store(right, line + laneWidth) }
        }
    }
}

