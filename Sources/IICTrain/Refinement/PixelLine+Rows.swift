import IICKernels

extension PixelLine {
    /// A row of pixels in memory; one without any valid pixel where there is no such row.
    ///
    /// - Parameters:
    ///   - values: `(rows, width, C)`, scaled to 0…1, 0 where invalid.
    ///   - valid: `(rows, width)`, 0 where invalid.
    ///   - start: the row's pixel that becomes pixel 0.
    convenience init(
        row y: Int, of values: [Float], valid: [UInt8], width: Int, start: Int, count: Int
    ) {
        let channels = values.count / valid.count
        self.init(channels: channels, count: count)
        let row = y * width..<(y + 1) * width
        guard y >= 0, row.upperBound <= valid.count else { return }
        fill(
            values.span.extracting(row.lowerBound * channels..<row.upperBound * channels),
            valid: valid.span.extracting(row), first: start - 1)
    }
}
