import IICInfer
import Testing

@Suite struct AssignmentTests {
    @Test func `the assignment is the best of all`() {
        var random = SplitMix64(seed: 1)
        for (rows, columns) in [(1, 1), (1, 4), (4, 1), (3, 3), (5, 5), (3, 6), (6, 3), (6, 6)] {
            for _ in 0..<20 {
                let values = (0..<rows * columns).map { _ in random.index(below: 50) }
                let pairs = bestAssignment(values: values, rows: rows, columns: columns)
                let chosen = pairs.compactMap { $0 }
                #expect(chosen.count == min(rows, columns))
                #expect(Set(chosen).count == chosen.count)
                let sum = pairs.enumerated().reduce(0) { sum, pair in
                    sum + (pair.element.map { values[pair.offset * columns + $0] } ?? 0)
                }
                #expect(sum == bruteForce(values, rows, columns, row: 0, used: []))
            }
        }
    }

    private func bruteForce(
        _ values: [Int], _ rows: Int, _ columns: Int, row: Int, used: Set<Int>
    ) -> Int {
        guard row < rows else { return 0 }
        var best = bruteForce(values, rows, columns, row: row + 1, used: used)
        for column in 0..<columns where !used.contains(column) {
            best = max(
                best,
                values[row * columns + column]
                    + bruteForce(
                        values, rows, columns, row: row + 1, used: used.union([column])))
        }
        return best
    }
}
