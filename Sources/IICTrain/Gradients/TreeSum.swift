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
