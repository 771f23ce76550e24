import IICInfer
import IICKernels
import Testing

@testable import IICTrain

/// The trunk in Winograd tiles and lanes beside the plain one.
@Suite struct GroupPassTests {
    /// Sizes that cut tiles and cells of the max-pool, and channels that do not fill lanes.
    @Test(
        arguments: [Geometry.paper, .seamless],
        [(37, 29, 0.3), (16, 44, 0.25), (24, 21, 1.0 / 16)])
    func `statistics, features and gradients are those of the reference trunk`(
        _ geometry: Geometry, _ size: (height: Int, width: Int, scale: Double)
    ) {
        let architecture = Architecture(width: size.scale, overclusters: 5, classes: 3)
        let shape = NetworkShape(
            architecture: architecture, geometry: geometry, height: size.height,
            width: size.width)
        var weights = ParameterBlock(initial: architecture, seed: 3)
        var random = SplitMix64(seed: 7)
        func noise() -> Float { Float(random.normal()) }
        for (index, layer) in architecture.layers.enumerated() {
            for c in 0..<layer.outputs {
                // Some scales below 0: there a cell's largest activation is its smallest product.
                weights[.scale(index)][c] = c % 5 == 0 ? -1 : 1 + noise() / 10
                weights[.shift(index)][c] = noise() / 10
            }
        }
        let images = (0..<3).map { _ in
            (0..<size.height * size.width * architecture.channels).map { _ in noise() }
        }
        let plain = ReferenceTrunk(images: images, weights: weights, shape: shape)
        let pass = GroupPass(
            images: images.map { Buffer($0) },
            network: TrainingNetwork(weights, shape: shape, pool: ComputePool(threads: 2)))

        // Differences are those of single precision, amplified by batch norm from layer to layer.
        for (index, state) in pass.norms.enumerated() {
            let expected = plain.moments(layer: index)
            #expect(state.moments.count == expected.count)
            let channels = expected.count / 2
            let deviation = (expected[channels...].max() ?? 0) * Double(state.count)
            for (found, value) in zip(state.moments[..<channels], expected) {
                #expect(abs(found - value) <= 1e-5 * deviation.squareRoot(), "layer \(index)")
            }
            for (found, value) in zip(state.moments, expected).dropFirst(channels) {
                #expect(abs(found - value) <= 1e-4 * value, "layer \(index)")
            }
        }
        let layout = pass.plan.output(architecture.layers.count - 1)
        let channels = architecture.features
        let count = layout.rows.count * layout.width * channels
        func place(_ index: Int) -> Int {
            let (pixel, c) = (index / channels, index % channels)
            return pixel / layout.width * layout.rowStride
                + c / laneWidth * layout.laneStride + pixel % layout.width * laneWidth
                + c % laneWidth
        }
        for image in images.indices {
            let buffer = Buffer<Float>(repeating: .nan, count: layout.count)
            pass.activate(layer: architecture.layers.count - 1, image, layout.rows, into: buffer)
            let values = buffer.array
            let expected = plain.features[image]
            #expect(expected.count == count)
            let worst = (0..<count).map { abs(values[place($0)] - expected[$0]) }.max() ?? 0
            #expect(worst < 1e-3)
        }

        // Where a value lies so near 0 that its side of ReLU differs, a gradient moves by one
        // value's share: about 1 / √(values of a layer), up to 6e-3 here; 1.4e-2 was seen without FMA.
        // A fault is far above it.
        let dFeatures = images.map { _ in (0..<count).map { _ in noise() } }
        let expected = plain.gradients(dFeatures)
        let d = dFeatures.map { values in
            let buffer = Buffer<Float>(repeating: 0, count: pass.plan.largestOutput)
            var span = buffer.mutableSpan()
            for index in 0..<count { span[place(index)] = values[index] }
            return buffer
        }
        var gradients = ParameterBlock(gradientOf: weights)
        pass.backpropagate(d, into: &gradients)
        func compare(_ tensor: (Int) -> NetworkTensor, _ name: String) {
            for layer in architecture.layers.indices {
                let (found, exact) = (gradients[tensor(layer)], expected[tensor(layer)])
                let size = exact.map { $0 * $0 }.reduce(0, +).squareRoot()
                let difference = zip(found, exact).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
                #expect(difference.squareRoot() <= 2e-2 * size, "\(name) \(layer)")
                #expect(size > 0)
            }
        }
        compare({ .convolution($0) }, "convolution")
        compare({ .scale($0) }, "scale")
        compare({ .shift($0) }, "shift")
    }
}
