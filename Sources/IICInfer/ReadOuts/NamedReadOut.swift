import IICKernels

/// The classes of ``NamedClasses``.
package struct NamedReadOut: ReadOut {
    private let named: NamedClasses
    private let channels: Int
    /// `(K, D + 1)`: of the pixels' numbers, and the offset.
    private let weights: Buffer<Float>

    /// - Precondition: the engine runs ``NamedClasses/projection``.
    package init(_ named: NamedClasses, channels: Int) {
        let dimensions = NamedClasses.dimensions(channels: channels)
        precondition(named.pixels.count == named.classes * dimensions, "\(named.pixels.count)")
        self.named = named
        self.channels = channels
        weights = Buffer(
            (0..<named.classes).flatMap { k in
                named.pixels[k * dimensions..<(k + 1) * dimensions] + [named.offsets[k]]
            })
    }

    package var classes: Int { named.classes }
    package var heads: [Head] { [.projection] }
    package var pixelReach: Int { PixelSurroundings.reach }

    package func bytes(pixels: Int) -> Int {
        PixelDescription.bytes(pixels: pixels, channels: channels)
            + ClassScores.bytes(pixels: pixels, classes: classes)
    }

    package func row(pixels: Int) -> any ReadOutRow { Row(self, pixels: pixels) }

    private final class Row: ReadOutRow {
        private let readOut: NamedReadOut
        private let stride: Int
        private let description: PixelDescription
        private let scores: ClassScores

        init(_ readOut: NamedReadOut, pixels: Int) {
            self.readOut = readOut
            stride = ClassScores.stride(pixels)
            description = PixelDescription(pixels: pixels, channels: readOut.channels)
            scores = ClassScores(pixels: pixels, classes: readOut.classes)
        }

        func take(_ rows: [ScoreRow], range: Range<Int>, lines: PixelLines?) {
            guard let lines, let trunk = rows.first(where: { $0.head == .projection }) else {
                preconditionFailure("named classes need pixels and a projection")
            }
            description.take(lines)
            let (scores, weights) = (self.scores.renew(), readOut.weights)
            let values = description.values
            var span = scores.mutableSpan()
            trunk.planes(of: range, into: &span, stride: stride)
            MixtureScores.add(
                weights.span(), of: values.span(), to: &span, stride: stride)
        }

        @_lifetime(borrow self)
        func labels() -> Span<UInt16> {
            let scores = self.scores
            // They are this object's own as long as it lives.
            return unsafe _overrideLifetime(scores.labels(), borrowing: self)
        }

        func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>) {
            scores.probabilities(of: pixels, into: &output)
        }
    }
}
