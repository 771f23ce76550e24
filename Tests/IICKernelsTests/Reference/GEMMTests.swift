import IICKernels
import Testing

@Suite struct GEMMTests {
    struct Sizes: CustomTestStringConvertible, Sendable {
        let rows: Int
        let columns: Int
        let inner: Int
        var testDescription: String { "\(rows) × \(inner) × \(columns)" }
    }

    static let sizes = [
        Sizes(rows: 1, columns: 1, inner: 1), Sizes(rows: 1, columns: 7, inner: 3),
        Sizes(rows: 5, columns: 1, inner: 9), Sizes(rows: 13, columns: 17, inner: 11),
        Sizes(rows: 64, columns: 33, inner: 130),
    ]

    @Test(arguments: sizes, [(false, false), (true, false), (false, true), (true, true)])
    func `a product is the sum of its terms, in both precisions`(
        _ sizes: Sizes, _ transposed: (Bool, Bool)
    ) {
        compare(Float.self, sizes, transposed)
        compare(Double.self, sizes, transposed)
    }

    private func compare<T: BLASScalar>(_: T.Type, _ sizes: Sizes, _ transposed: (Bool, Bool)) {
        var noise = Noise(sizes.rows)
        let (rows, columns, inner) = (sizes.rows, sizes.columns, sizes.inner)
        let a = noise.integers(rows * inner)
        let b = noise.integers(inner * columns)
        let c = noise.integers(rows * columns)
        var expected = [Double](repeating: 0, count: rows * columns)
        for r in 0..<rows {
            for k in 0..<columns {
                for i in 0..<inner {
                    expected[r * columns + k] +=
                        a[transposed.0 ? i * rows + r : r * inner + i]
                        * b[transposed.1 ? k * inner + i : i * columns + k]
                }
            }
        }
        let left: [T] = converted(a)
        let right: [T] = converted(b)
        let product: [T] = written(rows * columns) { c in
            multiply(
                left.span, transposed: transposed.0, right.span, transposed: transposed.1,
                into: &c, rows: rows, columns: columns, inner: inner)
        }
        #expect(product == converted(expected))
        let sum: [T] = written(over: converted(c)) { c in
            multiply(
                left.span, transposed: transposed.0, right.span, transposed: transposed.1,
                into: &c, rows: rows, columns: columns, inner: inner, accumulating: true)
        }
        #expect(sum == converted(zip(expected, c).map { $0 + $1 }))
    }

    @Test func `a product without rows or columns touches nothing`() {
        let (none, pair): ([Float], [Float]) = ([], [1, 2])
        let result: [Float] = written(4, over: 7) { c in
            multiply(none.span, pair.span, into: &c, rows: 0, columns: 2, inner: 1)
            multiply(pair.span, none.span, into: &c, rows: 2, columns: 0, inner: 1)
        }
        #expect(result == [7, 7, 7, 7])
    }

    /// What would write beyond a buffer must stop, also in `-Ounchecked`.
    @Test func `buffers that are too small stop the program`() async {
        await #expect(processExitsWith: .failure) {
            let pair: [Float] = [1, 2]
            var c: [Float] = [0, 0, 0]
            var span = c.mutableSpan
            multiply(pair.span, pair.span, into: &span, rows: 2, columns: 2, inner: 1)
        }
    }
}
