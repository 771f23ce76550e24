import Foundation
import IICInfer
import IICKernels
import Testing

@testable import IICTrain

/// The optimiser on a block beside the algorithm on each tensor alone, in double precision.
@Suite struct AdamOptimizerTests {
    static let architecture = Architecture(
        width: 1.0 / 64, overclusters: 5, classes: 3, subheadsA: 2, subheadsB: 3)

    /// Kingma and Ba's algorithm 1 as it is written there.
    struct Plain {
        var theta: [Double]
        var m: [Double]
        var v: [Double]
        var t = 0.0

        init(_ theta: [Float]) {
            self.theta = theta.map(Double.init)
            m = theta.map { _ in 0 }
            v = m
        }

        mutating func step(
            _ g: [Float], rate: Double, beta1: Double, beta2: Double, epsilon: Double
        ) {
            t += 1
            for i in theta.indices {
                m[i] = beta1 * m[i] + (1 - beta1) * Double(g[i])
                v[i] = beta2 * v[i] + (1 - beta2) * Double(g[i]) * Double(g[i])
                let mHat = m[i] / (1 - pow(beta1, t))
                let vHat = v[i] / (1 - pow(beta2, t))
                theta[i] -= rate * mHat / (vHat.squareRoot() + epsilon)
            }
        }
    }

    static func gradient(of weights: ParameterBlock, _ random: inout SplitMix64) -> ParameterBlock {
        var gradient = ParameterBlock(gradientOf: weights)
        var values = gradient.mutableSpan(0..<gradient.layout.count)
        for index in 0..<values.count { values[index] = Float(random.unit() - 0.3) }
        return gradient
    }

    @Test(arguments: [(0.9, 0.999, 1e-8), (0.5, 0.9, 1e-3)])
    func `each tensor takes its own steps of the algorithm`(
        _ beta1: Double, _ beta2: Double, _ epsilon: Double
    ) {
        var weights = ParameterBlock(initial: Self.architecture, seed: 4)
        let before = weights
        var adam = AdamOptimizer(for: weights, beta1: beta1, beta2: beta2, epsilon: epsilon)
        let entries = adam.m.layout.entries
        var plain = entries.map { Plain(weights[$0.tensor]) }
        var random = SplitMix64(seed: 2)
        for step in 0..<12 {
            let gradient = Self.gradient(of: weights, &random)
            // A head's steps are counted apart: B begins later.
            let heads: [Head] = step < 4 ? [.A] : step < 7 ? [.B] : [.A, .B]
            adam.step(&weights, gradients: gradient, heads: heads, rate: 0.01)
            for (index, entry) in entries.enumerated() {
                if case .head(let head, _) = entry.tensor, !heads.contains(head) { continue }
                plain[index].step(
                    gradient[entry.tensor], rate: 0.01, beta1: beta1, beta2: beta2,
                    epsilon: epsilon)
            }
        }
        // 12 steps' roundings: of weights of up to 4, and 1 in 10⁵ of each step.
        let tolerance = 12 * (4 * 0x1p-23 + 1e-5 * 0.01)
        for (entry, plain) in zip(entries, plain) {
            let found = weights[entry.tensor]
            let worst = zip(found, plain.theta).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(worst <= tolerance, "\(entry.name)")
            let m = zip(adam.m[entry.tensor], plain.m).map { abs(Double($0) - $1) }.max() ?? 1
            let v = zip(adam.v[entry.tensor], plain.v).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(m <= 1e-6 && v <= 1e-6, "\(entry.name)")
            #expect(found != before[entry.tensor])
        }
        let running = weights.layout[.running]
        #expect(weights.values[running] == before.values[running])
    }

    @Test(arguments: Head.allCases)
    func `an idle head's weights, moments and steps stay, bit by bit`(_ head: Head) {
        let other: Head = head == .A ? .B : .A
        var weights = ParameterBlock(initial: Self.architecture, seed: 4)
        var adam = AdamOptimizer(for: weights)
        var random = SplitMix64(seed: 3)
        for _ in 0..<2 {
            let gradient = Self.gradient(of: weights, &random)
            adam.step(&weights, gradients: gradient, heads: Head.allCases, rate: 0.01)
        }
        let (before, old) = (weights, adam)
        let gradient = Self.gradient(of: weights, &random)
        adam.step(&weights, gradients: gradient, heads: [other], rate: 0.01)
        let idle = weights.layout[ParameterLayout.Section(head)]
        let busy = weights.layout[ParameterLayout.Section(other)]
        func bits(_ block: ParameterBlock, _ range: Range<Int>) -> [UInt32] {
            block.values[range].map(\.bitPattern)
        }
        #expect(!idle.isEmpty && !busy.isEmpty)
        #expect(bits(weights, idle) == bits(before, idle))
        #expect(bits(adam.m, idle) == bits(old.m, idle))
        #expect(bits(adam.v, idle) == bits(old.v, idle))
        #expect(adam.steps[.init(head)] == 2 && adam.steps[.init(other)] == 3)
        for range in [busy, weights.layout[.trunk]] {
            #expect(bits(weights, range) != bits(before, range))
            #expect(bits(adam.m, range) != bits(old.m, range))
            #expect(bits(adam.v, range) != bits(old.v, range))
        }
    }

    @Test func `threads share a step and a sum out, to the same bits`() {
        let architecture = Architecture(width: 0.25, overclusters: 5, classes: 3)
        let start = ParameterBlock(initial: architecture, seed: 5)
        var random = SplitMix64(seed: 6)
        let gradient = Self.gradient(of: start, &random)
        let addend = Buffer(gradient[.convolution(5)])
        #expect(addend.count > 2 * ParameterBlock.part)
        let results = [1, 3].map { threads in
            let pool = ComputePool(threads: threads)
            var (weights, adam) = (start, AdamOptimizer(for: start))
            var sum = gradient
            sum.add(addend, to: .convolution(5), on: pool)
            adam.step(&weights, gradients: sum, heads: [.A, .B], rate: 0.01, pool: pool)
            return (weights, adam.m, adam.v)
        }
        #expect(results[0] == results[1])
        var sum = gradient
        sum.add(addend.span(), to: .convolution(5))
        var (weights, adam) = (start, AdamOptimizer(for: start))
        adam.step(&weights, gradients: sum, heads: [.A, .B], rate: 0.01)
        #expect(weights == results[1].0)
        let parts = (0..<5).map { part in
            Buffer((0..<9000).map { _ in Double(random.normal()) + Double(part) })
        }
        #expect(treeSum(parts, on: ComputePool(threads: 3)) == treeSum(parts.map(\.array)))
    }
}
