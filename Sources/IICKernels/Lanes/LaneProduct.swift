internal import CProcessor

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
///   - capacity: rows that A and C have room for; a multiple of ``LaneProduct/leftover``.
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

/// Calls `body` with the address of each k's values in the first row of A, and with k.
@inline(__always)
private func forEachDepth(
    _ a: UnsafePointer<Float>, _ plane: Int, _ depth: Int,
    _ body: (_ a: UnsafePointer<Float>, _ k: Int) -> Void
) {
    var lane = a
    var k = 0
    while k < depth {
        let count = min(laneWidth, depth - k)
        for part in 0..<count { body(lane + part, k + part) }
        lane += plane
        k += laneWidth
    }
}

// Accumulators are named one by one, in structs: the compiler keeps an array of them in memory,
// unrolled or not, which costs three quarters of the speed.

#if WIDE_VECTORS
    /// Four rows of one lane.
    private struct Four {
        var r0 = Lane()
        var r1 = Lane()
        var r2 = Lane()
        var r3 = Lane()

        @inline(__always)
        mutating func add(_ a: UnsafePointer<Float>, _ b: Lane) {
            r0 = r0.adding(product: Lane(repeating: a[0]), b)
            r1 = r1.adding(product: Lane(repeating: a[16]), b)
            r2 = r2.adding(product: Lane(repeating: a[32]), b)
            r3 = r3.adding(product: Lane(repeating: a[48]), b)
        }

        @inline(__always)
        func store(_ c: UnsafeMutablePointer<Float>) {
            storeLane(r0, c)
            storeLane(r1, c + 16)
            storeLane(r2, c + 32)
            storeLane(r3, c + 48)
        }
    }

    /// - Parameter next: what will be multiplied by after this panel; 32 floats of it are fetched
    ///   into the second-level cache for each eight k. The large layers' weights come from memory,
    ///   and the processor's own prefetching ends at each page.
    @inline(never)
    private func productOf12Rows2Lanes(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>, next: UnsafePointer<Float>
    ) {
        var (p0, p1, p2) = (Four(), Four(), Four())
        var (q0, q1, q2) = (Four(), Four(), Four())
        forEachDepth(a, plane, depth) { a, k in
            if k & 3 == 0 { iicd_prefetch_once(next + 4 * k) }
            let (left, right) = (loadLane(b + 32 * k), loadLane(b + 32 * k + 16))
            p0.add(a, left)
            q0.add(a, right)
            p1.add(a + 64, left)
            q1.add(a + 64, right)
            p2.add(a + 128, left)
            q2.add(a + 128, right)
        }
        p0.store(c)
        p1.store(c + 64)
        p2.store(c + 128)
        q0.store(c + plane)
        q1.store(c + plane + 64)
        q2.store(c + plane + 128)
    }

    @inline(never)
    private func productOf12Rows(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var (p0, p1, p2) = (Four(), Four(), Four())
        forEachDepth(a, plane, depth) { a, k in
            let value = loadLane(b + 16 * k)
            p0.add(a, value)
            p1.add(a + 64, value)
            p2.add(a + 128, value)
        }
        p0.store(c)
        p1.store(c + 64)
        p2.store(c + 128)
    }

    @inline(never)
    private func productOf8Rows2Lanes(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var (p0, p1, q0, q1) = (Four(), Four(), Four(), Four())
        forEachDepth(a, plane, depth) { a, k in
            let (left, right) = (loadLane(b + 32 * k), loadLane(b + 32 * k + 16))
            p0.add(a, left)
            q0.add(a, right)
            p1.add(a + 64, left)
            q1.add(a + 64, right)
        }
        p0.store(c)
        p1.store(c + 64)
        q0.store(c + plane)
        q1.store(c + plane + 64)
    }

    @inline(never)
    private func productOf4Rows2Lanes(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var (p, q) = (Four(), Four())
        forEachDepth(a, plane, depth) { a, k in
            p.add(a, loadLane(b + 32 * k))
            q.add(a, loadLane(b + 32 * k + 16))
        }
        p.store(c)
        q.store(c + plane)
    }

    @inline(never)
    private func productOf4Rows(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var p = Four()
        forEachDepth(a, plane, depth) { a, k in p.add(a, loadLane(b + 16 * k)) }
        p.store(c)
    }
#else
    /// Two rows of one lane.
    private struct Two {
        var r0 = Lane()
        var r1 = Lane()

        @inline(__always)
        mutating func add(_ a: UnsafePointer<Float>, _ b: Lane) {
            r0 = r0.adding(product: Lane(repeating: a[0]), b)
            r1 = r1.adding(product: Lane(repeating: a[16]), b)
        }

        @inline(__always)
        func store(_ c: UnsafeMutablePointer<Float>) {
            storeLane(r0, c)
            storeLane(r1, c + 16)
        }
    }

    @inline(never)
    private func productOf6Rows(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var (p0, p1, p2) = (Two(), Two(), Two())
        forEachDepth(a, plane, depth) { a, k in
            let value = loadLane(b + 16 * k)
            p0.add(a, value)
            p1.add(a + 32, value)
            p2.add(a + 64, value)
        }
        p0.store(c)
        p1.store(c + 32)
        p2.store(c + 64)
    }

    @inline(never)
    private func productOf2Rows(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var p = Two()
        forEachDepth(a, plane, depth) { a, k in p.add(a, loadLane(b + 16 * k)) }
        p.store(c)
    }
#endif
