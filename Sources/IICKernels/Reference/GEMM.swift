internal import COpenBLAS

/// The two precisions of matrix products: `Float` for the network, `Double` for the objective.
public protocol BLASScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// C ← A B + β C, all row-major, through BLAS.
    static func multiply(
        _ transposeA: Bool, _ transposeB: Bool, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: UnsafePointer<Self>, _ strideA: Int, _ b: UnsafePointer<Self>, _ strideB: Int,
        _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ strideC: Int)
}

extension Float: BLASScalar {
    public static func multiply(
        _ transposeA: Bool, _ transposeB: Bool, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int, _ b: UnsafePointer<Float>, _ strideB: Int,
        _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        OpenBLAS.start
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
            transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
            blasint(inner), 1, a, blasint(strideA), b, blasint(strideB), beta, c,
            blasint(strideC))
    }
}

extension Double: BLASScalar {
    public static func multiply(
        _ transposeA: Bool, _ transposeB: Bool, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: UnsafePointer<Double>, _ strideA: Int, _ b: UnsafePointer<Double>, _ strideB: Int,
        _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ strideC: Int
    ) {
        OpenBLAS.start
        cblas_dgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
            transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
            blasint(inner), 1, a, blasint(strideA), b, blasint(strideB), beta, c,
            blasint(strideC))
    }
}

private enum OpenBLAS {
    /// Runs once, before the first product.
    static let start: Void = iicd_openblas_start()
}

/// The product of two dense row-major matrices: C ← op(A) op(B), or C ← C + op(A) op(B).
///
/// - Parameters:
///   - a: `(rows, inner)`, or `(inner, rows)` if transposed; no padding between rows.
///   - b: `(inner, columns)`, or `(columns, inner)` if transposed.
///   - c: `(rows, columns)`, overwritten, or added to if `accumulating`.
public func multiply<T: BLASScalar>(
    _ a: Span<T>, transposed transposeA: Bool = false,
    _ b: Span<T>, transposed transposeB: Bool = false,
    into c: inout MutableSpan<T>, rows: Int, columns: Int, inner: Int, accumulating: Bool = false
) {
    check(a.count >= rows * inner && b.count >= inner * columns && c.count >= rows * columns)
    guard rows > 0, columns > 0 else { return }
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                    return
                }
                T.multiply(
                    transposeA, transposeB, rows, columns, inner, a, transposeA ? rows : inner, b,
                    transposeB ? inner : columns, accumulating ? 1 : 0, c, columns)
            }
        }
    }
}

/// A precondition that survives `-Ounchecked`: a kernel handed buffers of the wrong size must stop.
@inline(__always)
func check(
    _ condition: Bool, _ message: @autoclosure () -> String = "sizes do not match",
    line: UInt = #line, file: StaticString = #fileID
) {
    if !condition { fatalError(message(), file: file, line: line) }
}
