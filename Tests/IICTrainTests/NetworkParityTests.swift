import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// The network against PyTorch's outputs, both geometries, evaluation and training mode.
@Suite struct NetworkParityTests {
    @Test func `there are cases to compare with`() throws {
        let found = try [ParityCase.Kind.network, .seamless, .loss, .training].flatMap {
            try ParityCase.all($0)
        }
        #expect(!found.isEmpty)
    }

    @Test(arguments: try ParityCase.all(.network))
    func `the engines give PyTorch's outputs`(_ parity: ParityCase) throws {
        try compareEvaluation(parity, geometry: .paper)
    }

    @Test(arguments: try ParityCase.all(.seamless))
    func `the engines give PyTorch's seamless outputs`(_ parity: ParityCase) throws {
        try compareEvaluation(parity, geometry: .seamless)
    }

    private func compareEvaluation(_ parity: ParityCase, geometry: Geometry) throws {
        let weights = try parity.weights()
        let input = try parity.tensor("input")
        let (height, width) = (input.shape[2], input.shape[3])
        let images = try channelsLast(input.bytes.map { Float($0) / 255 }, shape: input.shape)
        let engines: [any Engine] = [
            ReferenceEngine(weights: weights, geometry: geometry),
            WinogradEngine(weights: weights, geometry: geometry),
        ]
        for (engine, head) in engines.flatMap({ engine in Head.allCases.map { (engine, $0) } }) {
            let expected = try parity.tensor("eval.\(head.rawValue).0")
            let fields = channelsLast(expected.floats, shape: expected.shape)
            for (image, field) in zip(images, fields) {
                var output = [Float](repeating: -1, count: field.count)
                var span = output.mutableSpan
                engine.probabilities(
                    of: image.span, height: height, width: width, head: head, into: &span)
                #expect(
                    largestDifference(output, field) < 1e-4,
                    "\(parity) \(engine.name) head \(head)")
                // Where the ring of zero logits rules (the corners in `paper` geometry), all classes
                // are equally probable and rounding decides: no matter.
                let classes = engine.classes(of: head)
                let different = stride(from: 0, to: field.count, by: classes).count { first in
                    let best = (0..<classes).max { output[first + $0] < output[first + $1] } ?? 0
                    let most = field[first..<first + classes].max() ?? 0
                    return most - field[first + best] > 1e-6
                }
                #expect(different <= field.count / classes / 2000, "\(parity) \(engine.name)")
            }
        }
    }

    /// Every sub-head, through the path that trains.
    @Test(arguments: try ParityCase.all(.network))
    func `the training pass gives PyTorch's outputs and statistics`(_ parity: ParityCase) throws {
        var weights = try parity.weights()
        let input = try parity.tensor("input")
        let (height, width) = (input.shape[2], input.shape[3])
        let shape = NetworkShape(
            architecture: weights.architecture, geometry: .paper, height: height, width: width)
        let images = try channelsLast(input.bytes.map { Float($0) / 255 }, shape: input.shape)
            .map { Buffer($0) }
        let pass = GroupPass(
            images: images,
            network: TrainingNetwork(weights, shape: shape, pool: ComputePool(threads: 2)))
        let maps = HeadMaps(zerosFor: Head.allCases, images: images.count, shape: shape)
        pass.applyHeads(into: maps, first: 0)
        for head in Head.allCases {
            let classes = weights.architecture.classes(of: head)
            for (subhead, map) in (maps.maps[head] ?? []).enumerated() {
                let expected = try parity.tensor("train.\(head.rawValue).\(subhead)")
                for (image, field) in channelsLast(expected.floats, shape: expected.shape)
                    .enumerated()
                {
                    var output = [Float](repeating: -1, count: field.count)
                    var span = output.mutableSpan
                    let source = map[image]
                    resize(
                        source.span(), into: &span, rows: shape.resizeRows,
                        columns: shape.resizeColumns, channels: classes)
                    #expect(
                        largestDifference(output, field) < 1e-4,
                        "\(parity) head \(head) \(subhead)")
                }
            }
        }
        weights.updateRunningStatistics(groups: [pass.norms])
        for (name, values) in weights.tensors where name.contains("running") {
            let expected = try parity.tensor("after.\(name)").floats
            #expect(largestDifference(values, expected) < 1e-4, "\(parity) \(name)")
        }
    }
}
