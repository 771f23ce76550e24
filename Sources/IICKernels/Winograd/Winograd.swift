/// One Winograd tile: where its input lies, and where its outputs go.
///
/// A tile of F(4 × 4) makes 4 × 4 outputs of a 3 × 3 convolution from 6 × 6 inputs. With dilation d
/// its inputs and outputs are d pixels apart, and d × d such tiles interleave.
///
///     inputs      · · · · · ·        source: the first of the 6 columns
///                 · o o o ·          columns: those of the 4 outputs that are wanted
///                 · o o o ·          inside: those that lie in the scene, from the left
public struct WinogradTile: Hashable, Sendable {
    /// Which of the d rows of a group the tile's first row is.
    public var phase: Int
    /// The first input column, in floats from the start of an input row's lane.
    public var source: Int
    /// The first output column, pooled if the layer pools, in floats from the start of an output
    /// row's lane; may lie before it if that column is not wanted.
    public var target: Int
    /// Output columns to write, of all of the tile's, or of half as many if pooled.
    public var columns: Range<Int>
    /// Output columns before pooling that lie in the scene.
    public var inside: Int

    public init(phase: Int, source: Int, target: Int, columns: Range<Int>, inside: Int) {
        self.phase = phase
        self.source = source
        self.target = target
        self.columns = columns
        self.inside = inside
    }
}

/// Convolutions with 3 × 3 kernels by the Winograd algorithm: a block of tiles is transformed, a
/// product made for each plane of the transform, and the planes transformed back.
public enum Winograd: Sendable, CaseIterable {
    /// F(4 × 4, 3 × 3), points 0, ±1, ±2: 36 products for 144.
    case f4
    /// F(6 × 6, 3 × 3), points 0, ±1, ±2, ±1/2: 64 products for 324, a fifth less than ``f4``, with
    /// twice its rounding error.
    case f6

    /// Outputs a side.
    public var outputs: Int {
        switch self {
        case .f4: F4.outputs
        case .f6: F6.outputs
        }
    }

    /// Inputs a side, and the square root of the number of products.
    public var inputs: Int { outputs + 2 }

    /// Products of one tile and pair of channels.
    public var planes: Int { inputs * inputs }

    /// Floats of one plane of V or M: `(lanes, capacity, 16)`, and what keeps planes apart.
    public static func planeStride(lanes: Int, capacity: Int) -> Int {
        // Three cache lines more than a power of two: else all planes of a tile share one cache set.
        lanes * capacity * laneWidth + 3 * laneWidth
    }

    /// Floats of the transformed weights.
    public func packedCount(inputs: Int, outputs: Int) -> Int {
        planes
            * LaneProduct.packedCount(
                depth: lanes(inputs) * laneWidth, lanes: lanes(outputs))
    }

    /// Transforms 3 × 3 weights and packs them for the products: G g Gᵀ, in double precision.
    ///
    /// - Parameters:
    ///   - weights: `(3, 3, inputs, outputs)`.
    ///   - scale: what each output channel is multiplied by, `(outputs)`.
    ///   - row: the row of G g Gᵀ to make, so that rows can be made on several threads.
    ///   - packed: the planes of that row, ``inputs`` of them, overwritten.
    public func transformWeights(
        _ weights: Span<Float>, scale: Span<Float>, inputs: Int, outputs: Int, row: Int,
        into packed: inout MutableSpan<Float>
    ) {
        let g =
            switch self {
            case .f4: F4.weightMatrix
            case .f6: F6.weightMatrix
            }
        let side = self.inputs
        check(weights.count == 9 * inputs * outputs && scale.count == outputs)
        check(row >= 0 && row < side)
        let depth = lanes(inputs) * laneWidth
        let size = LaneProduct.packedCount(depth: depth, lanes: lanes(outputs))
        check(packed.count == side * size)
        let tap = inputs * outputs
        let (top, middle, bottom) = (g[3 * row], g[3 * row + 1], g[3 * row + 2])
        weights.withUnsafeBufferPointer { weights in
            scale.withUnsafeBufferPointer { scale in
                packed.withUnsafeMutableBufferPointer { packed in
                    guard let weights = weights.baseAddress, let scale = scale.baseAddress,
                        let packed = packed.baseAddress
                    else { return }
                    // G g of one input and a run of outputs, tap after tap.
                    let most = LaneProduct.panel * laneWidth
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * most) { down in
                        guard let down = down.baseAddress else { return }
                        LaneProduct.forEachRun(depth: depth, lanes: lanes(outputs)) {
                            i, first, count, index in
                            let used = i < inputs ? max(0, min(count, outputs - first)) : 0
                            let w = weights + i * outputs + first
                            for x in 0..<3 where used > 0 {
                                let (w, down) = (w + x * tap, down + x * most)
                                for o in 0..<used {
                                    down[o] =
                                        (top * Double(w[o]) + middle * Double(w[3 * tap + o]))
                                        + bottom * Double(w[6 * tap + o])
                                }
                            }
                            for column in 0..<side {
                                let target = packed + column * size + index
                                let left = g[3 * column]
                                let (center, right) = (g[3 * column + 1], g[3 * column + 2])
                                for o in 0..<used {
                                    let sum =
                                        (left * down[o] + center * down[most + o])
                                        + right * down[2 * most + o]
                                    target[o] = Float(sum * Double(scale[first + o]))
                                }
                                for o in used..<count { target[o] = 0 }
                            }
                        }
                    }
                }
            }
        }
    }
}
