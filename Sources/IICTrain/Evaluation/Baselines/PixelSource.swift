package import IICInfer

/// Pixels with truth, handed out in blocks; every time the same ones in the same order.
package protocol PixelSource {
    /// What messages call the pixels and their truth.
    var path: String { get }
    var truthPath: String { get }
    /// Pixels of all blocks together.
    var count: Int { get }
    var sampleType: SampleType { get }

    /// Hands out each block, and what reads its truth: `(H, W)`, negative where none counts.
    func eachBlock(
        isCancelled: () -> Bool, _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws
}

extension PixelSource {
    var nothingToCompare: EvaluationError { .nothingToCompare(labels: path, truth: truthPath) }
}

/// Some rows of pixels.
package struct PixelBlock: Sendable {
    package let channels: Int
    /// `(pixels, C)`.
    package private(set) var values: [Float]
    /// One byte a pixel, 0 for invalid.
    package let valid: [UInt8]

    package init(channels: Int, values: [Float], valid: [UInt8]) {
        precondition(values.count == channels * valid.count, "\(values.count) \(valid.count)")
        self.channels = channels
        self.values = values
        self.valid = valid
    }

    /// The same with values of 0…1.
    func scaled(_ scaling: Scaling) -> PixelBlock {
        var block = self
        var span = block.values.mutableSpan
        scaling.apply(to: &span, valid: valid.span)
        return block
    }
}
