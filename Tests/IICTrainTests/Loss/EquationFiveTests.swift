import Foundation
import IICInfer
import IICKernels
import Testing

import IICTrain

/// The numbers of docs/equation-5.md, computed again: by the losses, and plainly from the equation.
@Suite struct EquationFiveTests {
    /// Φ(x), and Φ(gx) brought back into x's frame, `(H, W, K)`.
    struct Pair {
        let shape: FieldShape
        let first: [Double]
        let second: [Double]

        init(shape: FieldShape, first: [Double], second: [Double]) {
            self.shape = shape
            self.first = first
            self.second = second
        }

        /// 8 × 8 pixels of two certain classes, the same in both views.
        init(_ classAt: (_ y: Int, _ x: Int) -> Int) {
            shape = FieldShape(height: 8, width: 8, classes: 2)
            first = (0..<64).flatMap { classAt($0 / 8, $0 % 8) == 0 ? [1.0, 0] : [0, 1] }
            second = first
        }

        static let halves = Pair { _, x in x < 4 ? 0 : 1 }
        static let checkerboard = Pair { y, x in (x + y) % 2 }

        /// The middle of the first sample scene. Each pixel's probabilities fall with the distance of
        /// its colour from the mean colours of the six classes there; gx is a tenth brighter, flipped,
        /// and flipped back.
        static let scene: Pair = {
            let (size, side) = (320, 96)
            let rows = SampleScene(size: size, seed: 1).rows(112..<112 + side)
            var colours: [SIMD4<Double>] = []
            var truth: [Int] = []
            for y in 0..<side {
                for x in 112..<112 + side {
                    let first = (y * size + x) * 4
                    colours.append(SIMD4((0..<4).map { Double(rows.values[first + $0]) }))
                    truth.append(Int(rows.truth[y * size + x]))
                }
            }
            let names = Set(truth).sorted()
            let means = names.map { name in
                let own = zip(colours, truth).filter { $0.1 == name }.map(\.0)
                return own.reduce(.zero, +) / Double(own.count)
            }
            func field(_ brightness: Double) -> [Double] {
                colours.flatMap { colour in
                    let powers = means.map { mean in
                        let distance = colour * brightness - mean
                        return exp(-(distance * distance).sum() / 0.01)
                    }
                    let sum = powers.reduce(0, +)
                    return powers.map { $0 / sum }
                }
            }
            return Pair(
                shape: FieldShape(height: side, width: side, classes: names.count),
                first: field(1), second: field(1.1))
        }()

        /// P_t over the pixels u of `rows` and `columns` for which u + t exists; sums to 1.
        func joint(dy: Int, dx: Int, rows: Range<Int>, columns: Range<Int>) -> [Double] {
            let k = shape.classes
            var joint = [Double](repeating: 0, count: k * k)
            for y in rows where (0..<shape.height).contains(y + dy) {
                for x in columns where (0..<shape.width).contains(x + dx) {
                    let u = (y * shape.width + x) * k
                    let v = ((y + dy) * shape.width + x + dx) * k
                    for i in 0..<k {
                        for j in 0..<k { joint[i * k + j] += first[u + i] * second[v + j] }
                    }
                }
            }
            let sum = joint.reduce(0, +)
            return joint.map { $0 / sum }
        }

        /// I(P) in nats, P symmetrised: equation 3.
        func information(_ joint: [Double]) -> Double {
            let k = shape.classes
            func p(_ i: Int, _ j: Int) -> Double { (joint[i * k + j] + joint[j * k + i]) / 2 }
            let marginal = (0..<k).map { i in (0..<k).reduce(0) { $0 + p(i, $1) } }
            var sum = 0.0
            for i in 0..<k {
                for j in 0..<k where p(i, j) > 0 {
                    sum += p(i, j) * log(p(i, j) / marginal[i] / marginal[j])
                }
            }
            return sum
        }

        /// Equation 5 over pixels at least `border` from the edge.
        func equation(_ h: Int, border: Int, centre: Bool = true) -> Double {
            var values: [Double] = []
            for dy in -h...h {
                for dx in -h...h where centre || dy != 0 || dx != 0 {
                    values.append(
                        information(
                            joint(
                                dy: dy, dx: dx, rows: border..<shape.height - border,
                                columns: border..<shape.width - border)))
                }
            }
            return values.reduce(0, +) / Double(values.count)
        }

        var fields: ArrayFields {
            ArrayFields(firsts: [first], seconds: [second], shape: shape)
        }

        func value(_ kind: LossKind, _ h: Int) -> LossValue {
            let loss = kind.loss(displacementRadius: h, lambda: 1)
            let joints = sum(loss).joints(of: fields)
            return loss.evaluate(joints: joints.span, classes: shape.classes)
        }

        func sum(_ loss: any InformationLoss) -> any JointSum {
            let pool = ComputePool(threads: 1)
            guard let h = loss.box?.displacementRadius else {
                return ReferenceJointSum(loss: loss, shape: shape, pool: pool)
            }
            return FourierJointSum(
                transform: JointTransform(
                    height: shape.height, width: shape.width, classes: shape.classes,
                    displacementRadius: h), images: 1, pool: pool)
        }
    }

    /// The cells of each row of the document's tables, by the row's first cell.
    private static func document() throws -> [String: [String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "docs/equation-5.md"), encoding: .utf8)
        var rows: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
            if let name = cells.first { rows[name] = Array(cells.dropFirst()) }
        }
        return rows
    }

    /// Rounded as the document has it.
    private static func text(_ value: Double, _ digits: Int = 4) -> String {
        // A loss of rounding is not minus nothing.
        let rounded = String(format: "%.\(digits)f", value)
        return Double(rounded) == 0 ? String(format: "%.\(digits)f", 0.0) : rounded
    }

    private static let examples: [(pair: Pair, displacementRadius: Int)] = [
        (.halves, 1), (.checkerboard, 1), (.scene, 1), (.scene, 10),
    ]

    @Test func `the document's informations are what the losses and the equation give`() throws {
        let rows = try Self.document()
        func expect(_ name: String, _ value: (Pair, Int) -> Double?) {
            let cells = Self.examples.map { pair, h in value(pair, h).map { Self.text($0) } ?? "" }
            #expect(rows[name] == cells, "\(name)")
        }
        expect("equation 5, pixels with all neighbours") { $0.equation($1, border: $1) }
        expect("`uncollapsed`") { -$0.value(.uncollapsed, $1).loss }
        expect("the same without t = 0") { $0.equation($1, border: 0, centre: false) }
        expect("`literal`") { $1 == 1 ? -$0.value(.literal, 1).loss : nil }
        expect("`collapsed`") { -$0.value(.collapsed, $1).loss }
    }

    @Test func `uncollapsed is equation 5 over the pairs that exist`() {
        for (pair, h) in Self.examples {
            let loss = pair.value(.uncollapsed, h).loss
            // The authors hold probabilities of 0 at 2 · 10⁻¹⁶.
            #expect(abs(-loss - pair.equation(h, border: 0)) < 1e-12)
        }
    }

    @Test func `the document counts pairs rightly`() throws {
        let rows = try Self.document()
        for (name, side, h) in [("8 × 8, h 1", 8, 1), ("200 × 200, h 10", 200, 10)] {
            let counts = (-h...h).flatMap { dy in
                (-h...h).map { dx in (side - abs(dy)) * (side - abs(dx)) }
            }
            let (most, least) = (counts.max() ?? 0, counts.min() ?? 0)
            let mean = Double(counts.reduce(0, +)) / Double(counts.count)
            let missing = { (count: Double) in Self.text(100 * (1 - count / Double(most)), 2) + " %"
            }
            #expect(
                rows[name] == ["\(most)", "\(least)", missing(Double(least)), missing(mean)])
        }
    }

    /// The gradient with the normaliser held constant is that with it differentiated plus a constant
    /// at each joint's entry: Information divides both by the same sum.
    @Test func `the detached normaliser vanishes behind the softmax`() throws {
        let pair = Pair.scene
        let k = pair.shape.classes
        let loss = LossKind.collapsed.loss(displacementRadius: 1, lambda: 1)
        let sum = pair.sum(loss)
        let fields = pair.fields
        let joints = sum.joints(of: fields)
        let value = loss.evaluate(joints: joints.span, classes: k)
        // d loss / d P of a loss of P / Σ P has no component along P; without it, it is the mean.
        var total = [Double](repeating: 0, count: k * k)
        for index in joints.indices { total[index % (k * k)] += joints[index] }
        let norm = total.reduce(0, +)
        let p = total.indices.map { (total[$0] + total[$0 % k * k + $0 / k]) / (2 * norm) }
        let marginal = (0..<k).map { i in (0..<k).reduce(0) { $0 + p[i * k + $1] } }
        let detached = joints.indices.map { index in
            let (i, j) = (index % (k * k) / k, index % k)
            return (log(marginal[i]) + log(marginal[j]) - log(p[i * k + j]) + 1) / norm
        }
        func gradients(_ dJoints: [Double]) -> (raw: [Double], softmax: [Double]) {
            sum.backpropagate(dJoints: dJoints, to: fields)
            let raw = fields.dFirsts[0].array
            let behind = raw.indices.map { index in
                let pixel = index / k * k..<index / k * k + k
                let mean = pixel.reduce(0) { $0 + pair.first[$1] * raw[$1] }
                return pair.first[index] * (raw[index] - mean)
            }
            return (raw, behind)
        }
        let symmetric = detached.indices.map { index in
            let (t, i, j) = (index / (k * k), index % (k * k) / k, index % k)
            return (detached[index] + detached[(t * k + j) * k + i]) / 2
        }
        let (whole, held) = (gradients(value.dJoints), gradients(symmetric))
        func difference(_ a: [Double], _ b: [Double]) -> Double {
            let largest = a.map(abs).max() ?? 0
            return (zip(a, b).map { abs($0 - $1) }.max() ?? 0) / largest
        }
        let rows = try Self.document()
        #expect(
            rows["before the softmax"] == [Self.text(difference(whole.raw, held.raw), 2)])
        #expect(rows["behind it"] == [Self.text(difference(whole.softmax, held.softmax), 2)])
        #expect(difference(whole.softmax, held.softmax) < 1e-9)
    }
}
