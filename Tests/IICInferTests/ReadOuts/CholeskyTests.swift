import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct CholeskyTests {
    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    /// `value(i, j)` of n rows and columns.
    private func square(_ n: Int, _ value: (Int, Int) -> Double) -> [Double] {
        (0..<n).flatMap { i in (0..<n).map { j in value(i, j) } }
    }

    private func product(_ n: Int, _ a: [Double], _ b: [Double]) -> [Double] {
        square(n) { i, j in
            var sum = 0.0
            for k in 0..<n { sum += a[i * n + k] * b[k * n + j] }
            return sum
        }
    }

    @Test func `inverse and determinant are those of known matrices`() throws {
        let small = try #require(Cholesky([4, 2, 2, 3]))
        #expect(distance(small.factor, [2, 0, 1, 2.0.squareRoot()]) < 1e-15)
        #expect(distance(small.inverse, [0.375, -0.25, -0.25, 0.5]) < 1e-15)
        #expect(abs(small.logDeterminant - log(8)) < 1e-15)

        // Hilbert's of four rows has an inverse of whole numbers. Its condition is 15,514.
        let hilbert = square(4) { i, j in 1 / Double(i + j + 1) }
        let inverse: [Double] = [
            16, -120, 240, -140, -120, 1200, -2700, 1680, 240, -2700, 6480, -4200, -140, 1680,
            -4200, 2800,
        ]
        let four = try #require(Cholesky(hilbert))
        #expect(distance(four.inverse, inverse) < 6480 * 15_514 * 1e-15)
        #expect(abs(four.logDeterminant + log(6_048_000)) < 15_514 * 1e-15)
    }

    @Test func `an inverse is symmetric to the bit`() throws {
        let root = square(8) { i, j in Double(noise(i, j, 2)) / 255 + (i == j ? 1 : 0) }
        let turned = square(8) { i, j in root[j * 8 + i] }
        let matrix = product(8, root, turned)
        let inverse = try #require(Cholesky(matrix)).inverse
        #expect(square(8) { i, j in inverse[j * 8 + i] } == inverse)
        #expect(
            distance(product(8, matrix, inverse), square(8) { i, j in i == j ? 1 : 0 }) < 1e-11)
    }

    @Test func `a determinant may be beyond all numbers`() throws {
        let large = try #require(Cholesky([1e200, 0, 0, 1e200]))
        #expect(abs(large.logDeterminant - 400 * log(10)) < 1e-9)
    }

    @Test(
        arguments: [
            [0], [-1], [.nan], [.infinity], [1, 2, 2, 1], [1, 1, 1, 1], [1, 0, 0, -1],
            [0, 0, 0, 0],
            [1, 0, .nan, 1],
        ] as [[Double]])
    func `a matrix that is not positive definite has none`(matrix: [Double]) {
        #expect(Cholesky(matrix) == nil)
    }
}
