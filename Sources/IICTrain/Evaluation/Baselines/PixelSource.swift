package import IICInfer

/// Pixels with truth, handed out in blocks; every time the same ones in the same order.
package protocol PixelSource {
    /// What messages call the pixels and their truth.
    var path: String { get }
    var truthPath: String { get }
    /// Pixels of all blocks together.
    var count: Int { get }
    var sampleType: SampleType { get }
    var channels: Int { get }
    /// Pixels of the largest block, with a halo of one row.
    var blockPixels: Int { get }
    /// Bytes of the largest block of a raster's file once decoded; 0 for what is none.
    var decodedBytes: Int { get }

    /// Hands out each block, and what reads the truth of its own rows: `(H, W)`, negative where
    /// none counts.
    ///
    /// - Parameter halo: rows that a block holds above and below its own, where there are any.
    func eachBlock(
        halo: Int, isCancelled: () -> Bool,
        _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws
}

extension PixelSource {
    package var blockPixels: Int { count }
    package var decodedBytes: Int { 0 }

    var nothingToCompare: EvaluationError { .nothingToCompare(labels: path, truth: truthPath) }
}

/// Some rows of pixels; nothing lies beside them.
package struct PixelBlock: Sendable {
    package let width: Int
    package let channels: Int
    /// `(H, W, C)`.
    package private(set) var values: [Float]
    /// One byte a pixel, 0 for invalid.
    package let valid: [UInt8]
    /// The block's own rows; the others are a halo.
    package let rows: Range<Int>

    package init(width: Int, channels: Int, values: [Float], valid: [UInt8], rows: Range<Int>) {
        precondition(values.count == channels * valid.count, "\(values.count) \(valid.count)")
        precondition(valid.count.isMultiple(of: width), "\(valid.count) \(width)")
        precondition(rows.lowerBound >= 0 && rows.upperBound * width <= valid.count, "\(rows)")
        self.width = width
        self.channels = channels
        self.values = values
        self.valid = valid
        self.rows = rows
    }

    package var height: Int { valid.count / width }

    /// Places of the own rows' pixels in ``valid``.
    var pixels: Range<Int> { rows.lowerBound * width..<rows.upperBound * width }

    /// The same with values of 0…1.
    func scaled(_ scaling: Scaling) -> PixelBlock {
        var block = self
        var span = block.values.mutableSpan
        scaling.apply(to: &span, valid: valid.span)
        return block
    }
}
