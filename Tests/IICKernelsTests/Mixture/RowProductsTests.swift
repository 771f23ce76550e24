import IICKernels
import Testing

@Suite struct RowProductsTests {
    @Test(arguments: [1, 5], [16, 48])
    func `products are sums over all columns`(rows: Int, stride: Int) {
        var noise = Noise(7)
        let left: [Float] = converted(noise.integers(rows * stride))
        let right: [Float] = converted(noise.integers(3 * stride))
        let found: [Float] = written(rows * 3) {
            RowProducts.multiply(left.span, right.span, into: &$0, stride: stride)
        }
        for k in 0..<rows {
            for j in 0..<3 {
                let exact = (0..<stride).reduce(Float(0)) {
                    $0 + left[k * stride + $1] * right[j * stride + $1]
                }
                // Whole numbers: any order gives the same.
                #expect(found[k * 3 + j] == exact)
            }
        }
    }
}
