internal import CProcessor

/// C ← C + Aᵀ B, A and B in lanes: what the gradients of weights are made of.
///
/// Each element is one chain of multiply-adds over a run of at most ``TransposedProduct/run`` rows,
/// and these added to C one after the other.
///
/// - Parameters:
///   - a: lanes of `(rows, 16)`, `strideA` floats apart.
///   - b: lanes of `(rows, 16)`, `strideB` floats apart.
///   - c: `(lanesB, 16 · lanesA, 16)`, added to.
public func addTransposedProduct(
    _ a: Span<Float>, lanes lanesA: Int, stride strideA: Int,
    _ b: Span<Float>, lanes lanesB: Int, stride strideB: Int, rows: Int,
    into c: inout MutableSpan<Float>
) {
    guard rows > 0 else { return }
    check(a.count >= (lanesA - 1) * strideA + rows * laneWidth)
    check(b.count >= (lanesB - 1) * strideB + rows * laneWidth)
    check(c.count >= lanesA * lanesB * laneWidth * laneWidth)
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                    return
                }
                for start in stride(from: 0, to: rows, by: TransposedProduct.run) {
                    let count = min(TransposedProduct.run, rows - start)
                    TransposedProduct.add(
                        a + start * laneWidth, lanesA, strideA, b + start * laneWidth, lanesB,
                        strideB, count, c)
                }
            }
        }
    }
}

enum TransposedProduct {
    /// Rows that are multiplied together, so that a panel of B stays in the first-level cache.
    static let run = 208

    @inline(__always)
    static func add(
        _ a: UnsafePointer<Float>, _ lanesA: Int, _ strideA: Int, _ b: UnsafePointer<Float>,
        _ lanesB: Int, _ strideB: Int, _ rows: Int, _ c: UnsafeMutablePointer<Float>
    ) {
        let plane = lanesA * laneWidth * laneWidth
        var lane = 0
        while lane < lanesB {
            let panel = b + lane * strideB
            let target = c + lane * plane
            #if WIDE_VECTORS
                let isPair = lanesB - lane >= 2
                for source in 0..<lanesA {
                    for half in 0..<2 {
                        let left = a + source * strideA + half * 8
                        let result = target + (source * laneWidth + half * 8) * laneWidth
                        if isPair {
                            add8Rows2Lanes(left, panel, strideB, rows, result, plane)
                        } else {
                            add8Rows(left, panel, rows, result)
                        }
                    }
                }
                lane += isPair ? 2 : 1
            #else
                for source in 0..<lanesA {
                    for quarter in 0..<4 {
                        add4Rows(
                            a + source * strideA + quarter * 4, panel, rows,
                            target + (source * laneWidth + quarter * 4) * laneWidth)
                    }
                }
                lane += 1
            #endif
        }
    }

    /// Four rows of C and one lane. Named one by one for the reason given in LaneProduct.
    private struct Four {
        var r0 = Lane()
        var r1 = Lane()
        var r2 = Lane()
        var r3 = Lane()

        @inline(__always)
        mutating func add(_ a: UnsafePointer<Float>, _ b: Lane) {
            r0 = r0.adding(product: Lane(repeating: a[0]), b)
            r1 = r1.adding(product: Lane(repeating: a[1]), b)
            r2 = r2.adding(product: Lane(repeating: a[2]), b)
            r3 = r3.adding(product: Lane(repeating: a[3]), b)
        }

        @inline(__always)
        func add(to c: UnsafeMutablePointer<Float>) {
            storeLane(loadLane(c) + r0, c)
            storeLane(loadLane(c + 16) + r1, c + 16)
            storeLane(loadLane(c + 32) + r2, c + 32)
            storeLane(loadLane(c + 48) + r3, c + 48)
        }
    }

    #if WIDE_VECTORS
        @inline(never)
        private static func add8Rows2Lanes(
            _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ strideB: Int, _ rows: Int,
            _ c: UnsafeMutablePointer<Float>, _ strideC: Int
        ) {
            // C of the large layers lies in the last-level cache or beyond; asked for only when it is
            // added to, it cost a fifth of the time.
            for row in 0..<8 {
                iicd_prefetch_write(c + row * laneWidth)
                iicd_prefetch_write(c + strideC + row * laneWidth)
            }
            var (p0, p1, q0, q1) = (Four(), Four(), Four(), Four())
            for k in 0..<rows {
                let left = loadLane(b + k * laneWidth)
                let right = loadLane(b + strideB + k * laneWidth)
                let a = a + k * laneWidth
                p0.add(a, left)
                q0.add(a, right)
                p1.add(a + 4, left)
                q1.add(a + 4, right)
            }
            p0.add(to: c)
            p1.add(to: c + 64)
            q0.add(to: c + strideC)
            q1.add(to: c + strideC + 64)
        }

        @inline(never)
        private static func add8Rows(
            _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ rows: Int,
            _ c: UnsafeMutablePointer<Float>
        ) {
            var (p0, p1) = (Four(), Four())
            for k in 0..<rows {
                let value = loadLane(b + k * laneWidth)
                let a = a + k * laneWidth
                p0.add(a, value)
                p1.add(a + 4, value)
            }
            p0.add(to: c)
            p1.add(to: c + 64)
        }
    #else
        @inline(never)
        private static func add4Rows(
            _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ rows: Int,
            _ c: UnsafeMutablePointer<Float>
        ) {
            var p = Four()
            for k in 0..<rows { p.add(a + k * laneWidth, loadLane(b + k * laneWidth)) }
            p.add(to: c)
        }
    #endif
}
