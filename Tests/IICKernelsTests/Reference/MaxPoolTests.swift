import IICKernels
import ReferenceOperations
import Testing

@Suite struct MaxPoolTests {
    static let sizes = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (4, 4), (7, 6)]

    /// For each output, `(H′, W′, C)`, the places of its cell's pixels in reading order.
    private func cells(_ height: Int, _ width: Int, _ channels: Int, _ ceiling: Bool) -> [[Int]] {
        let (rows, columns) = pooledSize(height: height, width: width, ceiling: ceiling)
        var cells: [[Int]] = []
        for row in 0..<rows {
            for column in 0..<columns {
                for c in 0..<channels {
                    var cell: [Int] = []
                    for y in 2 * row..<min(2 * row + 2, height) {
                        for x in 2 * column..<min(2 * column + 2, width) {
                            cell.append((y * width + x) * channels + c)
                        }
                    }
                    cells.append(cell)
                }
            }
        }
        return cells
    }

    @Test func `a cell that the edge cuts counts or is dropped`() {
        #expect(pooledSize(height: 5, width: 4, ceiling: true) == (3, 2))
        #expect(pooledSize(height: 5, width: 4, ceiling: false) == (2, 2))
        #expect(pooledSize(height: 1, width: 1, ceiling: true) == (1, 1))
        #expect(pooledSize(height: 1, width: 1, ceiling: false) == (0, 0))
    }

    @Test(arguments: sizes, [false, true])
    func `the largest value of each cell is kept, and the gradient goes to it`(
        _ size: (Int, Int), _ ceiling: Bool
    ) {
        let (height, width) = size
        let channels = 3
        var noise = Noise(height * width)
        // Few different numbers: equals are common.
        let input: [Float] = noise.integers(height * width * channels).map {
            Float(($0 / 4).rounded())
        }
        let cells = cells(height, width, channels, ceiling)
        let output: [Float] = written(cells.count) {
            maxPool(
                input.span, into: &$0, channels: channels, height: height, width: width,
                ceiling: ceiling)
        }
        #expect(output == cells.map { $0.map { input[$0] }.max() })

        let dOutput: [Float] = converted(noise.reals(cells.count))
        let dInput: [Float] = written(input.count) {
            backpropagateMaxPool(
                dOutput.span, input: input.span, into: &$0, channels: channels, height: height,
                width: width, ceiling: ceiling)
        }
        var expected = [Float](repeating: 0, count: input.count)
        for (cell, d) in zip(cells, dOutput) {
            let largest = cell.map { input[$0] }.max()
            // The first of equals, as in PyTorch.
            if let place = cell.first(where: { input[$0] == largest }) { expected[place] = d }
        }
        #expect(dInput == expected)
    }
}
