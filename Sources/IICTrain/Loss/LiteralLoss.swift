import IICKernels

/// The reproduction's reading of equation 5: one outer product a pixel and neighbour, Φ(gx) taken
/// at u + t clamped to the image, the mean of the 8 neighbours' informations.
///
/// Each joint is divided by the number of pairs that the mask leaves, not by its own sum. Slow, and
/// written to be read beside the reproduction's code: the oracle of docs/equation-5.md.
public struct LiteralLoss: InformationLoss {
    /// (dy, dx) of the neighbours, in the reproduction's order.
    static let neighbours = [
        (-1, 0), (1, 0), (0, -1), (0, 1), (-1, 1), (-1, -1), (1, 1), (1, -1),
    ]
    private let lambda: Double

    public init(lambda: Double) { self.lambda = lambda }

    /// What lies beyond the image's edge is what lies at it.
    public var box: DisplacementBox? { nil }

    /// A joint a neighbour, then the number of pairs of each.
    public func jointCount(classes: Int) -> Int {
        Self.neighbours.count * (classes * classes + 1)
    }

    public func scratchCount(_ shape: FieldShape) -> Int { 0 }

    public func addJoints(
        first: Span<Double>, second: Span<Double>, mask: Span<Double>,
        into joints: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        let k = shape.classes
        let counts = Self.neighbours.count * k * k
        for (t, (dy, dx)) in Self.neighbours.enumerated() {
            for y in 0..<shape.height {
                let y2 = min(max(y + dy, 0), shape.height - 1)
                for x in 0..<shape.width {
                    let x2 = min(max(x + dx, 0), shape.width - 1)
                    let u = y * shape.width + x
                    let v = y2 * shape.width + x2
                    joints[counts + t] += mask[u] * mask[v]
                    for i in 0..<k {
                        let a = first[u * k + i]
                        for j in 0..<k {
                            joints[(t * k + i) * k + j] += a * second[v * k + j]
                        }
                    }
                }
            }
        }
    }

    public func evaluate(joints: Span<Double>, classes: Int) -> LossValue {
        let size = classes * classes
        let neighbours = Self.neighbours.count
        var result = LossValue(loss: 0, unweightedLoss: 0, dJoints: [])
        for t in 0..<neighbours {
            let information = Information(
                raw: joints.extracting(t * size..<(t + 1) * size), classes: classes,
                lambda: lambda, normaliser: joints[neighbours * size + t])
            result.loss += information.loss / Double(neighbours)
            result.unweightedLoss += information.unweightedLoss / Double(neighbours)
            result.dJoints += information.gradient.map { $0 / Double(neighbours) }
        }
        result.dJoints += Array(repeating: 0, count: neighbours)
        return result
    }

    public func backpropagate(
        dJoints: Span<Double>, first: Span<Double>, second: Span<Double>,
        dFirst: inout MutableSpan<Double>, dSecond: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        let k = shape.classes
        for index in 0..<shape.count {
            dFirst[index] = 0
            dSecond[index] = 0
        }
        for (t, (dy, dx)) in Self.neighbours.enumerated() {
            for y in 0..<shape.height {
                let y2 = min(max(y + dy, 0), shape.height - 1)
                for x in 0..<shape.width {
                    let x2 = min(max(x + dx, 0), shape.width - 1)
                    let u = (y * shape.width + x) * k
                    let v = (y2 * shape.width + x2) * k
                    for i in 0..<k {
                        for j in 0..<k {
                            let d = dJoints[(t * k + i) * k + j]
                            dFirst[u + i] += d * second[v + j]
                            dSecond[v + j] += d * first[u + i]
                        }
                    }
                }
            }
        }
    }
}
