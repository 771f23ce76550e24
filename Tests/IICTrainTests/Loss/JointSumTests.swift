import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// Both ways to compute joints, against the sum that defines them and against each other.
@Suite struct JointSumTests {
    struct Size: Sendable, CustomTestStringConvertible {
        let height, width, classes, displacementRadius: Int
        var images = 2
        var testDescription: String {
            "\(images) × \(height) × \(width), K \(classes), h \(displacementRadius)"
        }
        var shape: FieldShape { FieldShape(height: height, width: width, classes: classes) }
        var transform: JointTransform {
            JointTransform(
                height: height, width: width, classes: classes,
                displacementRadius: displacementRadius)
        }
        var displacements: Int { (2 * displacementRadius + 1) * (2 * displacementRadius + 1) }
    }

    static let sizes = [
        Size(height: 1, width: 1, classes: 1, displacementRadius: 0),
        Size(height: 1, width: 1, classes: 24, displacementRadius: 0),
        Size(height: 2, width: 9, classes: 3, displacementRadius: 1),
        Size(height: 9, width: 7, classes: 3, displacementRadius: 0),
        Size(height: 11, width: 12, classes: 5, displacementRadius: 10),
        Size(height: 12, width: 17, classes: 36, displacementRadius: 1),
        Size(height: 17, width: 13, classes: 24, displacementRadius: 5),
        Size(height: 23, width: 31, classes: 3, displacementRadius: 10),
        // Blocks along one axis, along both, and a last one that is shorter.
        Size(height: 20, width: 131, classes: 2, displacementRadius: 4),
        Size(height: 150, width: 19, classes: 9, displacementRadius: 1, images: 1),
        Size(height: 97, width: 103, classes: 3, displacementRadius: 2, images: 3),
    ]

    private static func fields(_ size: Size) -> ArrayFields {
        var random = SplitMix64(seed: UInt64(size.height * 1000 + size.width))
        func arrays() -> [[Double]] {
            (0..<size.images).map { _ in
                (0..<size.shape.count / size.classes).flatMap { _ in
                    let isMasked = random.unit() < 0.2
                    return (0..<size.classes).map { _ in isMasked ? 0 : random.unit() }
                }
            }
        }
        return ArrayFields(firsts: arrays(), seconds: arrays(), shape: size.shape)
    }

    /// A gradient as that of a symmetrised joint is.
    private static func gradient(_ size: Size) -> [Double] {
        var random = SplitMix64(seed: 5)
        let k = size.classes
        var values = [Double](repeating: 0, count: size.displacements * k * k)
        for t in 0..<size.displacements {
            for i in 0..<k {
                for j in 0...i {
                    let value = random.unit() - 0.5
                    values[(t * k + i) * k + j] = value
                    values[(t * k + j) * k + i] = value
                }
            }
        }
        return values
    }

    /// Calls `body` with each pair of pixels that meet: displacement, places of first and second.
    private static func forEachPair(_ size: Size, _ body: (_ t: Int, _ u: Int, _ v: Int) -> Void) {
        var t = 0
        for dy in -size.displacementRadius...size.displacementRadius {
            for dx in -size.displacementRadius...size.displacementRadius {
                for y in max(0, -dy)..<max(0, -dy, min(size.height, size.height - dy)) {
                    for x in max(0, -dx)..<max(0, -dx, min(size.width, size.width - dx)) {
                        body(t, (y + dy) * size.width + x + dx, y * size.width + x)
                    }
                }
                t += 1
            }
        }
    }

    private static func sums(_ size: Size, threads: Int) -> [any JointSum] {
        let pool = ComputePool(threads: threads)
        let loss = LossKind.uncollapsed.loss(displacementRadius: size.displacementRadius, lambda: 1)
        return [
            FourierJointSum(transform: size.transform, images: size.images, pool: pool),
            ReferenceJointSum(loss: loss, shape: size.shape, pool: pool),
        ]
    }

    @Test(arguments: sizes)
    func `joints and gradients are the sums that define them, either way`(_ size: Size) {
        let k = size.classes
        let fields = Self.fields(size)
        let gradient = Self.gradient(size)
        var joints = [Double](repeating: 0, count: gradient.count)
        var dFirsts: [[Double]] = []
        var dSeconds: [[Double]] = []
        for image in 0..<size.images {
            let (first, second) = (fields.firsts[image].array, fields.seconds[image].array)
            var dFirst = [Double](repeating: 0, count: first.count)
            var dSecond = dFirst
            Self.forEachPair(size) { t, u, v in
                for i in 0..<k {
                    for j in 0..<k {
                        let d = gradient[(t * k + i) * k + j]
                        joints[(t * k + i) * k + j] += first[u * k + i] * second[v * k + j]
                        dFirst[u * k + i] += d * second[v * k + j]
                        dSecond[v * k + j] += d * first[u * k + i]
                    }
                }
            }
            dFirsts.append(dFirst)
            dSeconds.append(dSecond)
        }
        for sum in Self.sums(size, threads: 2) {
            let fields = Self.fields(size)
            // The plain sums are chains of up to 30,000 roundings of 2⁻⁵³ of the largest sum.
            let largest = joints.max() ?? 0
            #expect(largestDifference(sum.joints(of: fields), joints) <= 1e-13 * max(largest, 1))
            sum.backpropagate(dJoints: gradient, to: fields)
            for image in 0..<size.images {
                let scale = Double(k) * Double(size.displacements)
                #expect(
                    largestDifference(fields.dFirsts[image].array, dFirsts[image])
                        <= 1e-15 * max(scale, 10))
                #expect(
                    largestDifference(fields.dSeconds[image].array, dSeconds[image])
                        <= 1e-15 * max(scale, 10))
            }
        }
    }

    @Test func `neither threads nor the images at a time change a bit`() {
        let size = Size(height: 33, width: 41, classes: 11, displacementRadius: 3, images: 11)
        let gradient = Self.gradient(size)
        func run(threads: Int, atOnce: Int) -> [[Double]] {
            let fields = Self.fields(size)
            let sum = FourierJointSum(
                transform: size.transform, images: size.images, pool: ComputePool(threads: threads),
                atOnce: atOnce)
            let joints = sum.joints(of: fields)
            sum.backpropagate(dJoints: gradient, to: fields)
            return [joints] + (fields.dFirsts + fields.dSeconds).map(\.array)
        }
        let plain = run(threads: 1, atOnce: 1)
        #expect(run(threads: 1, atOnce: 11) == plain)
        #expect(run(threads: 2, atOnce: 4) == plain)
        #expect(run(threads: 3, atOnce: 8) == plain)
    }

    /// One object serves sub-head after sub-head: nothing of one batch may stay for the next.
    @Test func `a second batch does not see the first`() {
        let size = Size(height: 19, width: 24, classes: 4, displacementRadius: 2, images: 5)
        let gradient = Self.gradient(size)
        let sum = FourierJointSum(
            transform: size.transform, images: 5, pool: ComputePool(threads: 2), atOnce: 2)
        var results: [[[Double]]] = []
        for _ in 0..<2 {
            let fields = Self.fields(size)
            let joints = sum.joints(of: fields)
            sum.backpropagate(dJoints: gradient, to: fields)
            results.append([joints] + fields.dFirsts.map(\.array))
            let others = ArrayFields(
                firsts: Array(fields.seconds[..<3]).map(\.array),
                seconds: Array(fields.firsts[..<3]).map(\.array), shape: size.shape)
            _ = sum.joints(of: others)
        }
        #expect(results[0] == results[1])
    }
}
