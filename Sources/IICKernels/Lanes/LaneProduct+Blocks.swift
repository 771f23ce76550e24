internal import CProcessor

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
    func productOf12Rows2Lanes(
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
    func productOf12Rows(
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
    func productOf8Rows2Lanes(
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
    func productOf4Rows2Lanes(
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
    func productOf4Rows(
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
    func productOf6Rows(
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
    func productOf2Rows(
        _ a: UnsafePointer<Float>, _ plane: Int, _ b: UnsafePointer<Float>, _ depth: Int,
        _ c: UnsafeMutablePointer<Float>
    ) {
        var p = Two()
        forEachDepth(a, plane, depth) { a, k in p.add(a, loadLane(b + 16 * k)) }
        p.store(c)
    }
#endif
