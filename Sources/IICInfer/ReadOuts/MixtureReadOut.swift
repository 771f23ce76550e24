import Foundation
import IICKernels

/// The classes of a ``Mixture``, with the network's share in it.
public struct MixtureReadOut: ReadOut {
    private let scores: MixtureScores
    /// What each of head B's probabilities adds to a class's score, `(K, K)`; nil if nothing.
    private let network: Buffer<Float>?

    /// - Parameter weight: of what the network says; the mixture's own unless given, and 0 for the
    ///   pixels' own values alone.
    /// - Precondition: the mixture has a distribution: its precisions are positive definite.
    public init(_ mixture: Mixture, weight: Double? = nil) {
        guard let factors = mixture.factors else {
            preconditionFailure("a precision that is not positive definite")
        }
        scores = MixtureScores(
            constants: mixture.constants(factors: factors), means: mixture.means,
            factors: factors)
        let weight = weight ?? mixture.weight
        network = weight > 0 ? Buffer(mixture.logConfusion.map { Float(weight * $0) }) : nil
    }

    public var classes: Int { scores.classes }
    // Without any weight the network need not run, but an engine that runs no head is nobody's.
    public var heads: [Head] { [.B] }
    public var pixelReach: Int { 1 }

    public func bytes(pixels: Int) -> Int {
        let stride = ClassScores.stride(pixels)
        return MemoryLayout<Float>.stride * stride * (scores.dimensions + classes)
            + ClassScores.bytes(pixels: pixels, classes: classes)
    }

    public func row(pixels: Int) -> any ReadOutRow { Row(self, pixels: pixels) }

    private final class Row: ReadOutRow {
        private let readOut: MixtureReadOut
        private let pixels: Int
        private let stride: Int
        /// `(D, stride)`.
        private let features: Buffer<Float>
        /// `(K, stride)`.
        private let probabilities: Buffer<Float>
        private let scores: ClassScores

        init(_ readOut: MixtureReadOut, pixels: Int) {
            self.readOut = readOut
            self.pixels = pixels
            stride = ClassScores.stride(pixels)
            features = Buffer(repeating: 0, count: readOut.scores.dimensions * stride)
            probabilities = Buffer(repeating: 0, count: readOut.classes * stride)
            scores = ClassScores(pixels: pixels, classes: readOut.classes)
        }

        func take(_ rows: [ScoreRow], range: Range<Int>, lines: PixelLines?) {
            guard let lines else { preconditionFailure("a mixture needs pixels") }
            precondition(range.count == pixels, "\(range) \(pixels)")
            let (features, scores) = (self.features, self.scores.renew())
            let probabilities = self.probabilities
            do {
                var span = features.mutableSpan()
                PixelNeighbourhood.features(
                    above: lines.above, row: lines.row, below: lines.below, into: &span,
                    stride: stride)
            }
            var span = scores.mutableSpan()
            readOut.scores.score(features.span(), into: &span, stride: stride)
            guard let network = readOut.network else { return }
            guard let head = rows.first(where: { $0.head == .B }) else {
                preconditionFailure("a mixture with a network needs head B")
            }
            do {
                var planes = probabilities.mutableSpan()
                head.planes(of: range, into: &planes, stride: stride)
            }
            MixtureScores.add(
                network.span(), of: probabilities.span(), to: &span, stride: stride)
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

extension Mixture {
    /// What ln (share · density) is at each class's mean, without the constant that all share.
    func constants(factors: [Double]) -> [Double] {
        let d = dimensions
        return (0..<classes).map { k -> Double in
            // Half of the precision's ln determinant.
            let diagonal = (0..<d).map { factors[(k * d + $0) * d + $0] }
            return logShares[k] + diagonal.reduce(0) { $0 + log($1) }
        }
    }
}
