import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// From the heads' maps to the loss and back: resize, warp, mask, joints.
@Suite struct PairObjectiveTests {
    static let turned = Affine(xx: 0.9, xy: -0.3, xt: 0.05, yx: 0.35, yy: 1.05, yt: -0.1)
    static let images = 3

    struct Batch {
        let shape: NetworkShape
        var affines: [Affine]
        var masks: [[Double]]
        var maps: [HeadMaps]

        init(geometry: Geometry = .paper, side: Int = 20, classes: Int = 3) {
            let architecture = Architecture(
                width: 1.0 / 64, overclusters: classes, classes: 2)
            shape = NetworkShape(
                architecture: architecture, geometry: geometry, height: side, width: side)
            affines = [.identity, .flip, PairObjectiveTests.turned]
            var random = SplitMix64(seed: 9)
            masks = affines.map { _ in
                (0..<side * side).map { _ in random.unit() < 0.15 ? 0 : 1 }
            }
            maps = []
            for _ in 0..<2 {
                let map = zeros()
                for buffer in map.maps[.A]?[0] ?? [] {
                    var values = buffer.mutableSpan()
                    for index in 0..<buffer.count { values[index] = Float(random.unit() + 0.1) }
                }
                maps.append(map)
            }
        }

        func zeros() -> HeadMaps {
            HeadMaps(zerosFor: [.A], images: PairObjectiveTests.images, shape: shape)
        }

        var view: TrainingBatch.View {
            TrainingBatch.View(
                images: affines.map { _ in Buffer(repeating: 0, count: 0) }, affines: affines,
                masks: masks.map { Buffer($0) })
        }

        /// The loss and the gradients of both views' maps.
        func run(_ kind: LossKind, displacementRadius: Int) -> (
            loss: Double, gradients: [[Buffer<Float>]]
        ) {
            let view = view
            let objective = PairObjective(
                batch: TrainingBatch(images: view.images, views: [view]),
                objective: Objective(
                    kind: kind, displacementRadius: displacementRadius, lambdas: [.A: 1.5],
                    weights: [.A: 1]),
                shape: shape, pool: ComputePool(threads: 2))
            let dMaps = [zeros(), zeros()]
            let loss = objective.run(maps: maps, dMaps: dMaps)
            return (loss[.A] ?? .nan, dMaps.map { $0.maps[.A]?[0] ?? [] })
        }
    }

    /// h 1 is computed plainly, h 3 by transform: these are the sizes where the rule changes.
    @Test(arguments: LossKind.allCases, [1, 3])
    func `gradients of the maps are those of finite differences`(
        _ kind: LossKind, _ displacementRadius: Int
    ) throws {
        let batch = Batch()
        let gradients = batch.run(kind, displacementRadius: displacementRadius).gradients
        let step: Float = 1 / 256
        for (view, image) in [(0, 0), (1, 0), (1, 1), (0, 2), (1, 2)] {
            let map = try #require(batch.maps[view].maps[.A]?[0][image])
            let gradient = gradients[view][image].array
            let largest = Double(gradient.map(abs).max() ?? 0)
            for index in stride(from: 0, to: map.count, by: 37) {
                func loss(_ change: Float) -> Double {
                    let part = index..<index + 1
                    var value = map.mutableSpan(part)
                    let before = value[0]
                    value[0] = before + change
                    let loss = batch.run(kind, displacementRadius: displacementRadius).loss
                    var restored = map.mutableSpan(part)
                    restored[0] = before
                    return loss
                }
                let slope = (loss(step) - loss(-step)) / Double(2 * step)
                // Gradients add up in single precision; the step's own error is 10⁻⁵.
                #expect(
                    abs(Double(gradient[index]) - slope) < 1e-4 * largest,
                    "view \(view) image \(image) \(index)")
            }
        }
    }

    /// An offset that no number notices takes the way of any other warp.
    @Test(arguments: LossKind.allCases)
    func `a flip and no warp are what their warps are`(_ kind: LossKind) {
        var batch = Batch()
        batch.affines = [.identity, .flip, .flip]
        let cheap = batch.run(kind, displacementRadius: 3)
        for index in batch.affines.indices { batch.affines[index].xt = 1e-300 }
        let general = batch.run(kind, displacementRadius: 3)
        #expect(abs(cheap.loss - general.loss) < 1e-12)
        for (a, b) in zip(cheap.gradients.joined(), general.gradients.joined()) {
            let largest = Double(a.array.map(abs).max() ?? 0)
            #expect(largestDifference(a.array, b.array) < 1e-6 * largest)
        }
    }

    @Test(arguments: [Geometry.paper, .seamless], [Affine.flip, turned])
    func `sides that all masks leave out do not matter`(_ geometry: Geometry, _ affine: Affine) {
        var batch = Batch(geometry: geometry, side: 30)
        batch.affines[2] = affine
        for (image, mask) in batch.masks.enumerated() {
            batch.masks[image] = mask.enumerated().map { index, value in
                (7..<19).contains(index / 30) && (4..<26).contains(index % 30) ? value : 0
            }
        }
        let pool = ComputePool(threads: 2)
        let loss = LossKind.uncollapsed.loss(displacementRadius: 3, lambda: 1)
        func run(cutting least: Int?) -> (joints: [Double], gradients: [[Float]], FieldShape) {
            let dMaps = [batch.zeros(), batch.zeros()]
            func maps(_ index: Int, _ maps: [HeadMaps]) -> [Buffer<Float>] {
                maps[index].maps[.A]?[0] ?? []
            }
            let fields = ViewFields(
                view: batch.view, shape: batch.shape, classes: 3, cutting: least, scale: 1,
                threads: 2
            ).of(
                maps: (maps(0, batch.maps), maps(1, batch.maps)),
                dMaps: (maps(0, dMaps), maps(1, dMaps)))
            let transform = JointTransform(
                height: fields.shape.height, width: fields.shape.width, classes: 3,
                displacementRadius: 3)
            let sum = FourierJointSum(transform: transform, images: Self.images, pool: pool)
            let joints = sum.joints(of: fields)
            let value = loss.evaluate(joints: joints.span, classes: 3)
            sum.backpropagate(dJoints: value.dJoints, to: fields)
            let gradients = (maps(0, dMaps) + maps(1, dMaps)).map(\.array)
            return (joints, gradients, fields.shape)
        }
        let (whole, cut) = (run(cutting: nil), run(cutting: 4))
        #expect(whole.2.height == 30 && cut.2.height == 12 && cut.2.width == 22)
        #expect(largestDifference(whole.joints, cut.joints) < 1e-10)
        for (a, b) in zip(whole.gradients, cut.gradients) {
            let largest = Double(a.map(abs).max() ?? 0)
            #expect(largestDifference(a, b) < 1e-6 * largest)
        }
        // What is left may be too small for the displacements.
        batch.masks = batch.masks.map { $0.map { _ in 0 } }
        batch.masks[0][29 * 30 + 29] = 1
        let small = run(cutting: 4)
        #expect(small.2.height == 4 && small.2.width == 4)
        #expect(small.joints.filter { $0 != 0 }.count >= 9)
    }
}
