import IICKernels

/// A row's scores, one a class and pixel: natural logarithms of what is in proportion to
/// probabilities. Labels and probabilities are made of them when they are asked for.
final class ClassScores {
    private let classes: Int
    private let stride: Int
    /// `(K, stride)`.
    private let scores: Buffer<Float>
    private let labelBuffer: Buffer<UInt16>
    private var hasLabels = false

    init(pixels: Int, classes: Int) {
        self.classes = classes
        stride = Self.stride(pixels)
        scores = Buffer(repeating: 0, count: classes * stride)
        labelBuffer = Buffer(repeating: 0, count: pixels)
    }

    /// Columns that a row of so many pixels takes in kernels.
    static func stride(_ pixels: Int) -> Int {
        (pixels + 2 * laneWidth - 1) / (2 * laneWidth) * (2 * laneWidth)
    }

    static func bytes(pixels: Int, classes: Int) -> Int {
        MemoryLayout<Float>.stride * stride(pixels) * classes
            + MemoryLayout<UInt16>.stride * pixels
    }

    /// What takes the scores of the next row, `(K, stride)`.
    func renew() -> Buffer<Float> {
        hasLabels = false
        return scores
    }

    /// The class of each pixel's greatest score; of equal ones the lowest.
    @_lifetime(borrow self)
    func labels() -> Span<UInt16> {
        let (scores, buffer) = (self.scores, labelBuffer)
        if !hasLabels {
            var span = buffer.mutableSpan()
            MixtureScores.label(scores.span(), classes: classes, into: &span)
            hasLabels = true
        }
        // The buffer is this object's own as long as it lives.
        return unsafe _overrideLifetime(buffer.span(), borrowing: self)
    }

    /// As ``ReadOutRow/probabilities(of:into:)``.
    func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>) {
        let buffer = scores
        precondition(output.count == pixels.count * classes, "\(output.count)")
        do {
            let scores = buffer.span()
            for (index, pixel) in pixels.enumerated() {
                for k in 0..<classes {
                    output[index * classes + k] = scores[k * stride + pixel]
                }
            }
        }
        softmax(&output, classes: classes)
        let labels = labels()
        for (index, pixel) in pixels.enumerated() {
            Self.favour(Int(labels[pixel]), of: classes, at: index * classes, in: &output)
        }
    }

    /// Makes a label's probability the first of the greatest: scores that differ in their last bits
    /// may give equal ones.
    static func favour(
        _ label: Int, of classes: Int, at first: Int, in output: inout MutableSpan<Float>
    ) {
        let greatest = (0..<classes).reduce(Float(0)) { max($0, output[first + $1]) }
        if (0..<label).contains(where: { output[first + $0] == greatest }) {
            output[first + label] = greatest.nextUp
        }
    }
}
