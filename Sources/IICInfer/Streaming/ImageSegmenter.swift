import IICKernels

/// Runs images in memory, each as if it were a scene of its own.
package struct ImageSegmenter: Sendable {
    private let engine: any Engine
    private let readOut: any ReadOut

    package init(engine: any Engine, readOut: any ReadOut) {
        self.engine = engine
        self.readOut = readOut
    }

    private static func swath(height: Int, width: Int) -> Swath {
        Swath(height: height, rows: 0..<height, width: width, columns: 0..<width)
    }

    /// Bytes that one call takes for itself.
    package func bytes(height: Int, width: Int) -> Int {
        let channels = engine.architecture.channels
        return engine.bytes(Self.swath(height: height, width: width), heads: readOut.heads)
            + SwathRows.bytes(width: width, pixelBytes: 1, readOut: readOut, channels: channels)
    }

    /// The class of each pixel; ``MapWriter/nodata`` where there is none.
    ///
    /// - Parameters:
    ///   - values: `(H, W, C)`, scaled to 0…1, 0 where invalid.
    ///   - valid: `(H, W)`, 0 where invalid.
    package func labels(
        of values: [Float], valid: [UInt8], height: Int, width: Int
    ) -> [UInt8] {
        let channels = engine.architecture.channels
        precondition(valid.count == height * width && values.count == valid.count * channels)
        let whole = PixelWindow(x: 0, y: 0, width: width, height: height)
        let rows = SwathRows(
            covered: whole, wanted: whole, encoders: [LabelEncoder(.classes)], readOut: readOut,
            architecture: engine.architecture)
        var labels = [UInt8](repeating: MapWriter.nodata, count: valid.count)
        let swath = Self.swath(height: height, width: width)
        // A whole image: all of its columns are read.
        precondition(engine.inputs(of: swath).columns == 0..<width)
        do {
            try engine.run(swath, heads: readOut.heads) { part, target, _ in
                let range = part.lowerBound * width..<part.upperBound * width
                let pixels = range.lowerBound * channels..<range.upperBound * channels
                for (index, place) in pixels.enumerated() { target[index] = values[place] }
                rows.keep(
                    values.span.extracting(pixels), valid: valid.span.extracting(range),
                    window: PixelWindow(x: 0, y: part.lowerBound, width: width, height: part.count))
            } isCancelled: {
                false
            } emit: { row, scores in
                try rows.add(scores, row: row) { _, pixels, window in
                    let first = window.y * width
                    for index in 0..<pixels.count { labels[first + index] = pixels[index] }
                }
            }
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
        return labels
    }
}
