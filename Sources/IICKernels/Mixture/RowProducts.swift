/// Products of rows of numbers with each other.
public enum RowProducts {
    /// The products of each row of one matrix with each of another: A Bᵀ.
    ///
    /// - Parameters:
    ///   - left: A, `(K, stride)`.
    ///   - right: B, `(J, stride)`.
    ///   - output: `(K, J)`, overwritten.
    ///   - stride: a multiple of 16.
    public static func multiply(
        _ left: Span<Float>, _ right: Span<Float>, into output: inout MutableSpan<Float>,
        stride: Int
    ) {
        let (rows, columns) = (left.count / stride, right.count / stride)
        check(stride.isMultiple(of: laneWidth) && left.count == rows * stride)
        check(right.count == columns * stride && output.count == rows * columns)
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return }
                for j in 0..<columns {
                    for k in 0..<rows {
                        var sum = Lane()
                        let (a, b) = (left + k * stride, right + j * stride)
                        for index in Swift.stride(from: 0, to: stride, by: laneWidth) {
                            sum = sum.adding(product: loadLane(a + index), loadLane(b + index))
                        }
                        output[k * columns + j] = sum.sum()
                    }
                }
            }
        }
    }
}
