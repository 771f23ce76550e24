import IICInfer

/// What the processor's multipliers can do at most, measured with loops that do nothing else.
struct Peak: Encodable {
    /// GFLOP/s of one core with `SIMD8<Float>`, and with `SIMD16<Float>`.
    var lanes8: Double
    var lanes16: Double
    /// GFLOP/s of all threads together, with the better of the two.
    var all: Double
    var threads: Int

    var oneCore: Double { max(lanes8, lanes16) }

    /// - Parameter seconds: how long each of the measurements takes, about.
    init(threads: Int, seconds: Double) {
        let speeds = FusedLoop.all.map { loop in
            loop.operations / leastSeconds(total: seconds) { keep(loop.run()) } * 1e-9
        }
        lanes8 = speeds[0]
        lanes16 = max(speeds[1], speeds[2])
        let best = FusedLoop.all[speeds.indices.max { speeds[$0] < speeds[$1] } ?? 0]
        let pool = ComputePool(threads: threads)
        // A run of a millisecond or two: long enough to start threads for, short enough to end
        // now and then before another process has its turn.
        let time = leastSeconds(total: seconds) {
            pool.forEach(threads) { _, _ in keep(best.run()) }
        }
        all = best.operations * Double(threads) / time * 1e-9
        self.threads = threads
    }
}

/// A loop of fused multiplications and additions, and how many operations it is.
private struct FusedLoop: Sendable {
    static let rounds = 1_000_000

    let operations: Double
    let run: @Sendable () -> Float

    init(lanes: Int, sums: Int, run: @escaping @Sendable () -> Float) {
        operations = 2 * Double(lanes * sums * Self.rounds)
        self.run = run
    }

    static let all = [
        FusedLoop(lanes: 8, sums: 12) { fuse8(rounds) },
        FusedLoop(lanes: 16, sums: 12) { fuse16(rounds) },
        // Where 16 lanes are two registers, twelve sums are more than there are registers.
        FusedLoop(lanes: 16, sums: 6) { fuse16InSix(rounds) },
    ]
}

/// Uses a result, so that the loop that made it is not left out.
@inline(never) private func keep(_ value: Float) {
    if value == -1 { print(value) }
}

/// Hides a constant from the compiler.
@inline(never) private func opaque(_ value: Float) -> Float { value }

/// Twelve sums, none of which waits for another: a processor starts two fused multiplications and
/// additions a cycle and needs four cycles for one, so eight must be on their way.
///
/// Written out for each type, because the generic `addingProduct` works lane by lane.
private func fuse8(_ rounds: Int) -> Float {
    // Sums settle at 1 and stay ordinary numbers.
    let half = SIMD8<Float>(repeating: opaque(0.5))
    var sums = InlineArray<12, SIMD8<Float>>(repeating: half)
    for _ in 0..<rounds {
        for index in sums.indices { sums[index] = half.addingProduct(sums[index], half) }
    }
    var total = half
    for index in sums.indices { total += sums[index] }
    return total.sum()
}

private func fuse16(_ rounds: Int) -> Float {
    let half = SIMD16<Float>(repeating: opaque(0.5))
    var sums = InlineArray<12, SIMD16<Float>>(repeating: half)
    for _ in 0..<rounds {
        for index in sums.indices { sums[index] = half.addingProduct(sums[index], half) }
    }
    var total = half
    for index in sums.indices { total += sums[index] }
    return total.sum()
}

private func fuse16InSix(_ rounds: Int) -> Float {
    let half = SIMD16<Float>(repeating: opaque(0.5))
    var sums = InlineArray<6, SIMD16<Float>>(repeating: half)
    for _ in 0..<rounds {
        for index in sums.indices { sums[index] = half.addingProduct(sums[index], half) }
    }
    var total = half
    for index in sums.indices { total += sums[index] }
    return total.sum()
}
