import IICInfer
import IICKernels

/// Adds arrays in the order of a binary tree, whatever computed them: ((0 + 1) + (2 + 3)) + ….
func treeSum<T: FloatingPoint>(_ parts: [[T]]) -> [T] {
    var level = parts
    while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { index in
            guard index + 1 < level.count else { return level[index] }
            var sum = level[index]
            let other = level[index + 1]
            for i in sum.indices { sum[i] += other[i] }
            return sum
        }
    }
    return level.first ?? []
}

/// The same of buffers of one size, on all threads: each element's sum is a tree of its own.
func treeSum<T: FloatingPoint & BitwiseCopyable & Sendable>(
    _ parts: [Buffer<T>], on pool: ComputePool
) -> [T] {
    guard let count = parts.first?.count else { return [] }
    let result = Buffer<T>(uninitialized: count)
    let ranges = TrainingPlan.parts(of: count, at: 1 << 12)
    pool.forEach(ranges.count) { _, index in
        let range = ranges[index]
        let sum = treeSum(
            parts.map { part in
                let values = part.span(range)
                return (0..<values.count).map { values[$0] }
            })
        var target = result.mutableSpan(range)
        for i in sum.indices { target[i] = sum[i] }
    }
    return result.array
}
