public import IICInfer
public import IICKernels

/// The heads' probabilities of some images before they are resized: `[head][sub-head][image]`,
/// each `(headHeight, headWidth, K)`.
public struct HeadMaps {
    public var maps: [Head: [[Buffer<Float>]]]

    /// Zeros for gradients: of the given heads only.
    public init(zerosFor heads: [Head], images: Int, weights: NetworkWeights, shape: NetworkShape) {
        maps = [:]
        for head in heads {
            let count = shape.headHeight * shape.headWidth * weights.classes(of: head)
            maps[head] = weights[head].map { _ in
                (0..<images).map { _ in Buffer<Float>(repeating: 0, count: count) }
            }
        }
    }
}

extension GroupPass {
    /// Applies the given heads to the group's features and writes their maps.
    ///
    /// - Parameter first: where the group's images start among those of `maps`.
    package func applyHeads(into maps: HeadMaps, first: Int) {
        for (head, subheads) in maps.maps {
            for (subhead, images) in subheads.enumerated() {
                let matrix = weights[head][subhead]
                pool.forEach(imageCount) { _, image in
                    let (source, target) = (features[image], images[first + image])
                    var output = target.mutableSpan()
                    applyHead(
                        source.span(), weights: matrix.span,
                        classes: weights.classes(of: head), into: &output, shape: shape)
                }
            }
        }
    }

    /// Carries the gradient of the heads' maps back to the features and through the trunk.
    ///
    /// - Parameters:
    ///   - dMaps: gradients of the maps; used up.
    ///   - maps: the maps.
    ///   - first: where the group's images start in both.
    func backpropagate(
        dMaps: HeadMaps, maps: HeadMaps, first: Int, into gradients: inout NetworkGradients
    ) {
        let dFeatures = features.map { Buffer<Float>(repeating: 0, count: $0.count) }
        for head in Head.allCases {
            guard let dSubheads = dMaps.maps[head], let subheads = maps.maps[head] else { continue }
            for subhead in dSubheads.indices {
                let sum = backpropagateHead(
                    dMaps: dSubheads[subhead], maps: subheads[subhead], first: first,
                    weights: weights[head][subhead], classes: weights.classes(of: head),
                    dFeatures: dFeatures)
                add(sum, to: &gradients[head][subhead])
            }
        }
        backpropagate(dFeatures, into: &gradients)
    }

    /// One sub-head back; returns the gradient of its weights and adds to that of the features.
    private func backpropagateHead(
        dMaps: [Buffer<Float>], maps: [Buffer<Float>], first: Int, weights: [Float], classes: Int,
        dFeatures: [Buffer<Float>]
    ) -> [Float] {
        let dWeights = (0..<imageCount).map { _ in
            Buffer<Float>(repeating: 0, count: weights.count)
        }
        let (rows, columns, channels) = (
            shape.featureHeight, shape.featureWidth, shape.architecture.features
        )
        pool.forEach(imageCount) { _, image in
            let (dMap, map) = (dMaps[first + image], maps[first + image])
            var d = dMap.mutableSpan()
            backpropagateSoftmax(&d, probabilities: map.span(), classes: classes)
            let (source, dSource, dWeight) = (features[image], dFeatures[image], dWeights[image])
            var dFeature = dSource.mutableSpan()
            var target = dWeight.mutableSpan()
            // The ring's logits are constants: their gradient goes nowhere.
            for y in 0..<rows {
                let start = ((y + shape.ring) * shape.headWidth + shape.ring) * classes
                let dLogits = dMap.span(start..<start + columns * classes)
                let row = y * columns * channels..<(y + 1) * columns * channels
                multiply(
                    source.span(row), transposed: true, dLogits, into: &target, rows: channels,
                    columns: classes, inner: columns, accumulating: true)
                var part = dFeature._mutatingExtracting(row)
                multiply(
                    dLogits, transposed: false, weights.span, transposed: true, into: &part,
                    rows: columns, columns: channels, inner: classes, accumulating: true)
            }
        }
        return treeSum(dWeights.map(\.array))
    }
}
