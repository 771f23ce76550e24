/// The sizes of one two-dimensional convolution with stride 1 and a square kernel.
public struct ConvolutionShape: Hashable, Sendable {
    public var inputs: Int
    public var outputs: Int
    public var height: Int
    public var width: Int
    /// Taps a side: 3 in the trunk, 2h + 1 in the objective.
    public var kernel: Int
    public var dilation: Int
    /// Rows and columns of zeros around the input.
    public var padding: Int

    public init(
        inputs: Int, outputs: Int, height: Int, width: Int, kernel: Int = 3, dilation: Int = 1,
        padding: Int
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.height = height
        self.width = width
        self.kernel = kernel
        self.dilation = dilation
        self.padding = padding
    }

    public var outputHeight: Int { height + 2 * padding - dilation * (kernel - 1) }
    public var outputWidth: Int { width + 2 * padding - dilation * (kernel - 1) }
    /// Values under the kernel: the rows of the weight matrix.
    public var taps: Int { kernel * kernel * inputs }

    /// The convolution that carries gradients from this one's output back to its input.
    public var transposed: ConvolutionShape {
        ConvolutionShape(
            inputs: outputs, outputs: inputs, height: outputHeight, width: outputWidth,
            kernel: kernel, dilation: dilation, padding: dilation * (kernel - 1) - padding)
    }

    /// Output rows whose columns make about 512 KiB: they stay in the second-level cache.
    ///
    /// Depends on the shape only, so that a result's bits do not depend on who computes it.
    public func rowsAtOnce<T>(of _: T.Type) -> Int {
        max(1, 512 * 1024 / (MemoryLayout<T>.stride * taps * max(1, outputWidth)))
    }

    /// Elements of scratch that ``convolve(_:weights:into:shape:rows:scratch:)`` needs.
    public func scratchCount<T>(of type: T.Type) -> Int {
        min(rowsAtOnce(of: type), max(1, outputHeight)) * outputWidth * taps
    }
}

/// Lays out what the kernel sees at each pixel of some output rows as the rows of a matrix.
///
/// - Parameters:
///   - input: `(H, W, C)`.
///   - columns: `(rows × output width, kernel × kernel × C)`, overwritten; zeros beyond the edges.
func gatherColumns<T: BLASScalar>(
    _ input: Span<T>, into columns: inout MutableSpan<T>, shape: ConvolutionShape, rows: Range<Int>
) {
    let channels = shape.inputs
    let width = shape.width
    let taps = shape.taps
    for row in rows {
        let first = (row - rows.lowerBound) * shape.outputWidth
        for ky in 0..<shape.kernel {
            let y = row + ky * shape.dilation - shape.padding
            for kx in 0..<shape.kernel {
                let shift = kx * shape.dilation - shape.padding
                let tap = (ky * shape.kernel + kx) * channels
                // Columns x with 0 ≤ x + shift < width lie inside the input.
                let inside: Range<Int>
                if y >= 0 && y < shape.height {
                    let low = min(max(0, -shift), shape.outputWidth)
                    inside = low..<max(low, min(shape.outputWidth, width - shift))
                } else {
                    inside = 0..<0
                }
                for x in 0..<inside.lowerBound {
                    let target = (first + x) * taps + tap
                    for c in 0..<channels { columns[target + c] = 0 }
                }
                for x in inside {
                    let target = (first + x) * taps + tap
                    let source = (y * width + x + shift) * channels
                    for c in 0..<channels { columns[target + c] = input[source + c] }
                }
                for x in inside.upperBound..<shape.outputWidth {
                    let target = (first + x) * taps + tap
                    for c in 0..<channels { columns[target + c] = 0 }
                }
            }
        }
    }
}

/// Convolves some rows of one image: the reference engine, and the reference that checks faster ones.
///
/// Columns of the image times the weight matrix (Chellapilla, Puri and Simard, *High Performance
/// Convolutional Neural Networks for Document Processing*, 2006, section 2).
///
/// - Parameters:
///   - input: `(H, W, inputs)`.
///   - weights: `(kernel, kernel, inputs, outputs)`.
///   - output: the rows `rows` of `(H′, W′, outputs)`, overwritten.
///   - rows: output rows to compute; all of them unless given. A multiple of
///     ``ConvolutionShape/rowsAtOnce(of:)`` keeps a result's bits independent of the split.
///   - scratch: at least ``ConvolutionShape/scratchCount(of:)`` elements, overwritten.
@specialized(where T == Float)
@specialized(where T == Double)
public func convolve<T: BLASScalar>(
    _ input: Span<T>, weights: Span<T>, into output: inout MutableSpan<T>, shape: ConvolutionShape,
    rows: Range<Int>? = nil, scratch: inout MutableSpan<T>
) {
    let rows = rows ?? 0..<shape.outputHeight
    check(input.count == shape.height * shape.width * shape.inputs)
    check(weights.count == shape.taps * shape.outputs)
    check(output.count == rows.count * shape.outputWidth * shape.outputs)
    check(scratch.count >= shape.scratchCount(of: T.self))
    let step = shape.rowsAtOnce(of: T.self)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
        let part = start..<min(start + step, rows.upperBound)
        let pixels = part.count * shape.outputWidth
        gatherColumns(input, into: &scratch, shape: shape, rows: part)
        let offset = (start - rows.lowerBound) * shape.outputWidth * shape.outputs
        var target = output._mutatingExtracting(offset..<offset + pixels * shape.outputs)
        multiply(
            scratch.span, weights, into: &target, rows: pixels, columns: shape.outputs,
            inner: shape.taps)
    }
}

/// Adds the gradient of one image's convolution with respect to its weights.
///
/// With a kernel of 2h + 1 taps this is also the joint of two label fields at every displacement
/// of the box: entry `(h + dy, h + dx, i, j)` grows by the sum over u of a[u + (dy, dx), i] b[u, j].
///
/// - Parameters:
///   - input: `(H, W, inputs)`, what the convolution read.
///   - dOutput: `(H′, W′, outputs)`.
///   - dWeights: `(kernel, kernel, inputs, outputs)`, added to.
///   - scratch: at least ``ConvolutionShape/scratchCount(of:)`` elements, overwritten.
@specialized(where T == Float)
@specialized(where T == Double)
public func addWeightGradient<T: BLASScalar>(
    _ input: Span<T>, dOutput: Span<T>, into dWeights: inout MutableSpan<T>,
    shape: ConvolutionShape, scratch: inout MutableSpan<T>
) {
    check(input.count == shape.height * shape.width * shape.inputs)
    check(dWeights.count == shape.taps * shape.outputs)
    check(dOutput.count == shape.outputHeight * shape.outputWidth * shape.outputs)
    check(scratch.count >= shape.scratchCount(of: T.self))
    let step = shape.rowsAtOnce(of: T.self)
    for start in stride(from: 0, to: shape.outputHeight, by: step) {
        let part = start..<min(start + step, shape.outputHeight)
        let pixels = part.count * shape.outputWidth
        gatherColumns(input, into: &scratch, shape: shape, rows: part)
        let offset = start * shape.outputWidth * shape.outputs
        multiply(
            scratch.span, transposed: true,
            dOutput.extracting(offset..<offset + pixels * shape.outputs),
            into: &dWeights, rows: shape.taps, columns: shape.outputs, inner: pixels,
            accumulating: true)
    }
}

/// The weights of ``ConvolutionShape/transposed``: rotated by 180°, inputs and outputs
/// exchanged.
///
/// - Parameters:
///   - weights: `(kernel, kernel, inputs, outputs)` of `shape`.
///   - output: `(kernel, kernel, outputs, inputs)`, overwritten.
@specialized(where T == Float)
@specialized(where T == Double)
public func transposeWeights<T: BLASScalar>(
    _ weights: Span<T>, into output: inout MutableSpan<T>, shape: ConvolutionShape
) {
    check(weights.count == shape.taps * shape.outputs && output.count == weights.count)
    let taps = shape.kernel * shape.kernel
    for tap in 0..<taps {
        for i in 0..<shape.inputs {
            for o in 0..<shape.outputs {
                output[((taps - 1 - tap) * shape.outputs + o) * shape.inputs + i] =
                    weights[(tap * shape.inputs + i) * shape.outputs + o]
            }
        }
    }
}
