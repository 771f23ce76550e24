import IICKernels

/// The classes of another read-out, some of them together under one name.
///
/// A pixel's label is where the other one's goes, so a map is the other map with its numbers
/// replaced. A class's probability is that of its likeliest member, and all add up to 1 again.
package struct MergedReadOut: ReadOut {
    private let base: any ReadOut
    /// Where each of the other's classes goes.
    private let targets: [Int]
    package let classes: Int

    /// - Precondition: each of `base`'s classes has a target, and no class is without any.
    package init(_ base: any ReadOut, targets: [Int]) {
        precondition(targets.count == base.classes, "\(targets.count) \(base.classes)")
        self.base = base
        self.targets = targets
        classes = (targets.max() ?? 0) + 1
        precondition(Set(targets) == Set(0..<classes), "\(targets)")
    }

    package var heads: [Head] { base.heads }
    package var pixelReach: Int { base.pixelReach }

    package func bytes(pixels: Int) -> Int {
        base.bytes(pixels: pixels) + MemoryLayout<UInt16>.stride * pixels
    }

    package func row(pixels: Int) -> any ReadOutRow { Row(self, pixels: pixels) }

    private final class Row: ReadOutRow {
        private let readOut: MergedReadOut
        private let base: any ReadOutRow
        private let labelBuffer: Buffer<UInt16>

        init(_ readOut: MergedReadOut, pixels: Int) {
            self.readOut = readOut
            base = readOut.base.row(pixels: pixels)
            labelBuffer = Buffer(repeating: 0, count: pixels)
        }

        func take(_ scores: [ScoreRow], range: Range<Int>, lines: PixelLines?) {
            let (base, buffer) = (self.base, labelBuffer)
            base.take(scores, range: range, lines: lines)
            var span = buffer.mutableSpan()
            let labels = base.labels()
            for pixel in 0..<span.count {
                span[pixel] = UInt16(readOut.targets[Int(labels[pixel])])
            }
        }

        @_lifetime(borrow self)
        func labels() -> Span<UInt16> {
            let buffer = labelBuffer
            // The buffer is this object's own as long as it lives.
            return unsafe _overrideLifetime(buffer.span(), borrowing: self)
        }

        func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>) {
            let (classes, targets) = (readOut.classes, readOut.targets)
            precondition(output.count == pixels.count * classes, "\(output.count)")
            var members = [Float](repeating: 0, count: pixels.count * targets.count)
            do {
                var span = members.mutableSpan
                base.probabilities(of: pixels, into: &span)
            }
            let labels = labels()
            for (index, pixel) in pixels.enumerated() {
                let (first, source) = (index * classes, index * targets.count)
                for k in 0..<classes { output[first + k] = 0 }
                for (member, k) in targets.enumerated() {
                    output[first + k] = max(output[first + k], members[source + member])
                }
                let sum = (0..<classes).reduce(Float(0)) { $0 + output[first + $1] }
                for k in 0..<classes { output[first + k] /= sum }
                ClassScores.favour(Int(labels[pixel]), of: classes, at: first, in: &output)
            }
        }
    }
}
