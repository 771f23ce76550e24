/// How the register-blocked product is cut, for the instruction set of this build.
public enum LaneProduct {
    #if WIDE_VECTORS
        /// Lanes of the result that one inner loop makes: 12 rows × 2 lanes fill 24 of the 32
        /// registers of AVX-512. (14 × 2 was no faster, 12 × 1 reaches 3/4.)
        static let panel = 2
        /// Rows that one inner loop makes.
        public static let rows = 12
        /// Rows of the small loop that makes what is left.
        public static let leftover = 4
    #else
        /// 6 rows × 1 lane are 12 of the 16 registers of AVX2, and 24 of NEON's 32.
        static let panel = 1
        public static let rows = 6
        public static let leftover = 2
    #endif

    /// Floats of a packed matrix.
    public static func packedCount(depth: Int, lanes: Int) -> Int { depth * lanes * laneWidth }

    /// Packs a matrix for ``multiplyLanes(_:rows:depth:packed:lanes:into:capacity:)``: panel by
    /// panel of lanes, row by row in each.
    ///
    /// - Parameters:
    ///   - matrix: the value in row k and column n.
    ///   - packed: `packedCount` floats, overwritten.
    public static func pack(
        depth: Int, lanes: Int, into packed: inout MutableSpan<Float>,
        matrix: (_ row: Int, _ column: Int) -> Float
    ) {
        check(packed.count == packedCount(depth: depth, lanes: lanes))
        var target = packed._mutatingExtracting(0..<packed.count)
        forEachRun(depth: depth, lanes: lanes) { k, first, count, index in
            for n in 0..<count { target[index + n] = matrix(k, first + n) }
        }
    }

    /// Visits the runs of columns of one row that lie together in a packed matrix.
    ///
    /// - Parameter body: the row, its first column and how many, and where they lie.
    @inline(__always)
    static func forEachRun(
        depth: Int, lanes: Int, _ body: (_ row: Int, _ first: Int, _ count: Int, _ at: Int) -> Void
    ) {
        var index = 0
        for first in stride(from: 0, to: lanes, by: panel) {
            let width = min(panel, lanes - first) * laneWidth
            for k in 0..<depth {
                body(k, first * laneWidth, width, index)
                index += width
            }
        }
    }
}

/// C ← A B with rows of A in lanes.
///
/// Each element is one chain of multiply-adds over k, from 0 up: its bits depend neither on
/// its place nor on how many rows are computed together.
///
/// - Parameters:
///   - a: `(lanes(depth), capacity, 16)`: k runs along lanes.
///   - rows: rows of A that count; up to ``LaneProduct/leftover`` − 1 more are computed.
///   - depth: k.
///   - packed: B, `(depth, 16 · lanes)`, as ``LaneProduct/pack(depth:lanes:into:matrix:)`` lays
///     it out.
///   - c: `(lanes, capacity, 16)`, overwritten.
///   - capacity: rows that A and C can hold; a multiple of ``LaneProduct/leftover``.
public func multiplyLanes(
    _ a: Span<Float>, rows: Int, depth: Int, packed: Span<Float>, lanes: Int,
    into c: inout MutableSpan<Float>, capacity: Int
) {
    check(rows <= capacity && capacity.isMultiple(of: LaneProduct.leftover))
    check(a.count >= IICKernels.lanes(depth) * capacity * laneWidth)
    check(c.count >= lanes * capacity * laneWidth)
    check(packed.count >= LaneProduct.packedCount(depth: depth, lanes: lanes))
    a.withUnsafeBufferPointer { a in
        packed.withUnsafeBufferPointer { packed in
            c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let packed = packed.baseAddress,
                    let c = c.baseAddress
                else { return }
                multiplyLanes(
                    a, rows: rows, depth: depth, packed: packed, lanes: lanes, into: c,
                    capacity: capacity)
            }
        }
    }
}

@inline(__always)
func multiplyLanes(
    _ a: UnsafePointer<Float>, rows: Int, depth: Int, packed: UnsafePointer<Float>, lanes: Int,
    into c: UnsafeMutablePointer<Float>, capacity: Int
) {
    let plane = capacity * laneWidth
    var panel = packed
    var lane = 0
    while lane < lanes {
        let width = min(LaneProduct.panel, lanes - lane)
        let target = c + lane * plane
        var row = 0
        while row < rows {
            let source = a + row * laneWidth
            let result = target + row * laneWidth
            let left = rows - row
            #if WIDE_VECTORS
                if width == 2 {
                    // 16 are 8 and 8: of 4 rows at a time, none fills the processor.
                    if left > 16 || (9...12).contains(left) {
                        let next = panel + 2 * depth * laneWidth
                        let part = row / LaneProduct.rows % 8 * 4 * depth
                        productOf12Rows2Lanes(
                            source, plane, panel, depth, result, next: next + part)
                        row += 12
                    } else if left > 4 {
                        productOf8Rows2Lanes(source, plane, panel, depth, result)
                        row += 8
                    } else {
                        productOf4Rows2Lanes(source, plane, panel, depth, result)
                        row += 4
                    }
                } else if left >= 12 {
                    productOf12Rows(source, plane, panel, depth, result)
                    row += 12
                } else {
                    productOf4Rows(source, plane, panel, depth, result)
                    row += 4
                }
            #else
                if left >= 6 {
                    productOf6Rows(source, plane, panel, depth, result)
                    row += 6
                } else {
                    productOf2Rows(source, plane, panel, depth, result)
                    row += 2
                }
            #endif
        }
        panel += depth * width * laneWidth
        lane += width
    }
}
