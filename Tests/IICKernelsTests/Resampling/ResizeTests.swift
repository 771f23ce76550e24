import IICKernels
import Testing

@Suite struct ResizeTests {
    struct Axis: Sendable, CustomTestStringConvertible {
        let source: Int
        let target: Int
        let scale: Double
        var testDescription: String { "\(source) → \(target), scale \(scale)" }
        var kernel: ResizeAxis { ResizeAxis(source: source, target: target, scale: scale) }
    }

    static let axes = [
        Axis(source: 1, target: 1, scale: 0.5), Axis(source: 1, target: 4, scale: 0.5),
        Axis(source: 5, target: 10, scale: 0.5), Axis(source: 5, target: 9, scale: 0.5),
        Axis(source: 7, target: 7, scale: 1), Axis(source: 8, target: 17, scale: 8.0 / 17),
        Axis(source: 9, target: 4, scale: 9.0 / 4),
    ]

    /// The definition, `align_corners=False`: the edge's value beyond the edge.
    private func expected(_ input: [Double], _ rows: Axis, _ columns: Axis, _ k: Int) -> [Double] {
        let image = Oracle.Image(
            height: rows.source, width: columns.source, channels: k, values: input)
        func position(_ target: Int, _ axis: Axis) -> Double {
            min(max((Double(target) + 0.5) * axis.scale - 0.5, 0), Double(axis.source - 1))
        }
        var output: [Double] = []
        for y in 0..<rows.target {
            for x in 0..<columns.target {
                for channel in 0..<k {
                    output.append(
                        Oracle.sample(
                            image, y: position(y, rows), x: position(x, columns),
                            channel: channel))
                }
            }
        }
        return output
    }

    @Test(arguments: axes, axes)
    func `samples lie where half-pixel centres put them`(
        _ rows: Axis, _ columns: Axis
    ) {
        let k = 3
        var noise = Noise(rows.source * 19 + columns.target)
        let input = noise.reals(rows.source * columns.source * k)
        let values: [Float] = converted(input)
        let output: [Float] = written(rows.target * columns.target * k) {
            resize(
                values.span, into: &$0, rows: rows.kernel, columns: columns.kernel, channels: k)
        }
        // Weights and sums of four numbers up to 1, each rounded to 2⁻²⁴.
        #expect(distance(output, expected(input, rows, columns, k)) <= 1e-6)
    }

    @Test(arguments: axes, axes)
    func `a row is the image's, masked, cut and flipped, and gradients go back there`(
        _ rows: Axis, _ columns: Axis
    ) {
        for isFlipped in [false, true] { compareRows(rows, columns, isFlipped) }
    }

    private func compareRows(_ rows: Axis, _ columns: Axis, _ isFlipped: Bool) {
        let k = 3
        let window = columns.target / 4..<columns.target - columns.target / 3
        var noise = Noise(rows.source * 19 + columns.target)
        let mask = noise.reals(window.count)
        /// All rows of the window, one after the other.
        func field(_ input: [Double]) -> [Double] {
            let whole = expected(input, rows, columns, k)
            return (0..<rows.target).flatMap { y in
                window.flatMap { x in
                    let column = isFlipped ? columns.target - 1 - x : x
                    let first = (y * columns.target + column) * k
                    return whole[first..<first + k].map { $0 * mask[x - window.lowerBound] }
                }
            }
        }
        let input = noise.reals(rows.source * columns.source * k)
        let values: [Float] = converted(input)
        let output = (0..<rows.target).flatMap { y in
            written(window.count * k) {
                resizeRow(
                    y, values.span, mask: mask.span, into: &$0, rows: rows.kernel,
                    columns: columns.kernel, channels: k, window: window, isFlipped: isFlipped)
            } as [Double]
        }
        // Weights are in single precision.
        #expect(distance(output, field(input)) <= 1e-6)

        // ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, for each unit vector x: each element of Aᵀ y.
        let dOutput = noise.reals(output.count)
        let dInput: [Float] = written(over: [Float](repeating: 1, count: input.count)) { target in
            for y in 0..<rows.target {
                backpropagateResizeRow(
                    y, dOutput.span.extracting(y * window.count * k..<(y + 1) * window.count * k),
                    mask: mask.span, scale: 0.5, into: &target, rows: rows.kernel,
                    columns: columns.kernel, channels: k, window: window, isFlipped: isFlipped)
            }
        }
        let adjoint = input.indices.map { index in
            var unit = [Double](repeating: 0, count: input.count)
            unit[index] = 1
            return 1 + 0.5 * dot(field(unit), dOutput)
        }
        #expect(distance(dInput, adjoint) <= 1e-5)
    }
}
