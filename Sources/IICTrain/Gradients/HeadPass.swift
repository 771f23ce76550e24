public import IICInfer
public import IICKernels

/// The heads' probabilities of some images before they are resized: `[head][sub-head][image]`,
/// each `(headHeight, headWidth, K)`.
public struct HeadMaps {
    public var maps: [Head: [[Buffer<Float>]]]

    /// Zeros for gradients: of the given heads only.
    public init(zerosFor heads: [Head], images: Int, shape: NetworkShape) {
        maps = [:]
        for head in heads {
            let count =
                shape.headHeight * shape.headWidth * shape.architecture.classes(of: head)
            maps[head] = (0..<shape.architecture.subheads(of: head)).map { _ in
                (0..<images).map { _ in Buffer<Float>(repeating: 0, count: count) }
            }
        }
    }
}

/// The weights of some sub-heads side by side, so that one product applies them all.
private struct HeadMatrix {
    struct Part {
        var head: Head
        var subhead: Int
        var columns: Range<Int>
    }

    let parts: [Part]
    /// `(features, classes of all)`, and the same transposed; packed.
    let forward: Buffer<Float>
    let backward: Buffer<Float>
    let features: Int
    let columns: Int

    init(_ heads: [Head], weights: ParameterBlock) {
        var parts: [Part] = []
        var columns = 0
        for head in heads {
            let classes = weights.architecture.classes(of: head)
            for subhead in 0..<weights.architecture.subheads(of: head) {
                parts.append(
                    Part(head: head, subhead: subhead, columns: columns..<columns + classes))
                columns += classes
            }
        }
        let features = weights.architecture.features
        var matrix = [Float](repeating: 0, count: features * columns)
        for part in parts {
            let source = weights.span(.head(part.head, part.subhead))
            let classes = part.columns.count
            for feature in 0..<features {
                for k in 0..<classes {
                    matrix[feature * columns + part.columns.lowerBound + k] =
                        source[feature * classes + k]
                }
            }
        }
        func packed(_ depth: Int, _ width: Int, _ value: (Int, Int) -> Float) -> Buffer<Float> {
            let rows = lanes(depth) * laneWidth
            let buffer = Buffer<Float>(
                uninitialized: LaneProduct.packedCount(depth: rows, lanes: lanes(width)))
            var span = buffer.mutableSpan()
            LaneProduct.pack(depth: rows, lanes: lanes(width), into: &span) { k, n in
                k < depth && n < width ? value(k, n) : 0
            }
            return buffer
        }
        forward = packed(features, columns) { matrix[$0 * columns + $1] }
        backward = packed(columns, features) { matrix[$1 * columns + $0] }
        self.parts = parts
        self.features = features
        self.columns = columns
    }
}

extension GroupPass {
    private var features: LaneRows { plan.output(plan.forward.count - 1) }

    /// Applies the given heads to the group's features and writes their maps.
    ///
    /// - Parameter first: where the group's images start among those of `maps`.
    package func applyHeads(into maps: HeadMaps, first: Int) {
        let matrix = HeadMatrix(
            Head.allCases.filter { maps.maps[$0] != nil }, weights: network.weights)
        let layout = features
        let (ring, width) = (shape.ring, shape.headWidth)
        pool.forEach(imageCount * shape.headHeight) { worker, task in
            let (image, row) = (task / shape.headHeight, task % shape.headHeight)
            let scratch = network.scratch.workers[worker]
            let inside = layout.rows.contains(row - ring)
            if inside {
                activate(
                    layer: plan.forward.count - 1, image, row - ring..<row - ring + 1,
                    into: scratch.rows)
                var logits = scratch.m.mutableSpan()
                multiplyLanes(
                    scratch.rows.span(), rows: layout.width, depth: layout.lanes * laneWidth,
                    packed: matrix.forward.span(), lanes: lanes(matrix.columns), into: &logits,
                    capacity: layout.columns)
            }
            let logits = scratch.m.span()
            for part in matrix.parts {
                guard let map = maps.maps[part.head]?[part.subhead][first + image] else { continue }
                let classes = part.columns.count
                var output = map.mutableSpan(row * width * classes..<(row + 1) * width * classes)
                // The ring's logits are zeros.
                for index in 0..<output.count { output[index] = 0 }
                if inside {
                    for k in 0..<classes {
                        let n = part.columns.lowerBound + k
                        let lane = n / laneWidth * layout.laneStride + n % laneWidth
                        for x in 0..<layout.width {
                            output[(x + ring) * classes + k] = logits[lane + x * laneWidth]
                        }
                    }
                }
                softmax(&output, classes: classes)
            }
        }
    }

    /// Carries the gradient of the heads' maps back to the features.
    ///
    /// - Parameters:
    ///   - dMaps: gradients of the maps; used up.
    ///   - maps: the maps.
    ///   - first: where the group's images start in both.
    /// - Returns: the gradient of each image's features, in lanes.
    func backpropagateHeads(
        dMaps: HeadMaps, maps: HeadMaps, first: Int, into gradients: inout ParameterBlock
    ) -> [Buffer<Float>] {
        let matrix = HeadMatrix(
            Head.allCases.filter { maps.maps[$0] != nil }, weights: network.weights)
        let layout = features
        let columnLanes = lanes(matrix.columns)
        let (ring, width) = (shape.ring, shape.headWidth)
        let dFeatures = takeGradients()
        let parts = TrainingPlan.parts(of: layout.rows.count)
        let partial = (0..<imageCount * parts.count).map { _ in
            Buffer<Float>(
                repeating: 0, count: columnLanes * layout.lanes * laneWidth * laneWidth)
        }
        pool.forEach(partial.count) { worker, task in
            let (image, rows) = (task / parts.count, parts[task % parts.count])
            let scratch = network.scratch.workers[worker]
            let (dFeature, partial) = (dFeatures[image], partial[task])
            var sum = partial.mutableSpan()
            for row in rows {
                var dLogits = scratch.m.mutableSpan(0..<columnLanes * layout.laneStride)
                for index in 0..<dLogits.count { dLogits[index] = 0 }
                for part in matrix.parts {
                    guard let map = maps.maps[part.head]?[part.subhead][first + image],
                        let dMap = dMaps.maps[part.head]?[part.subhead][first + image]
                    else { continue }
                    let classes = part.columns.count
                    // The ring's logits are constants: their gradient goes nowhere.
                    let start = ((row + ring) * width + ring) * classes
                    let inside = start..<start + layout.width * classes
                    var d = dMap.mutableSpan(inside)
                    backpropagateSoftmax(&d, probabilities: map.span(inside), classes: classes)
                    for k in 0..<classes {
                        let n = part.columns.lowerBound + k
                        let lane = n / laneWidth * layout.laneStride + n % laneWidth
                        for x in 0..<layout.width {
                            dLogits[lane + x * laneWidth] = d[x * classes + k]
                        }
                    }
                }
                activate(layer: plan.forward.count - 1, image, row..<row + 1, into: scratch.rows)
                addTransposedProduct(
                    scratch.rows.span(), lanes: layout.lanes, stride: layout.laneStride,
                    scratch.m.span(), lanes: columnLanes, stride: layout.laneStride,
                    rows: layout.width, into: &sum)
                var target = dFeature.mutableSpan(layout.range(row..<row + 1))
                multiplyLanes(
                    scratch.m.span(), rows: layout.width, depth: columnLanes * laneWidth,
                    packed: matrix.backward.span(), lanes: layout.lanes, into: &target,
                    capacity: layout.columns)
            }
        }
        // From `(lanes of classes, features, 16)`.
        let sum = treeSum(partial, on: pool)
        let depth = layout.lanes * laneWidth
        for part in matrix.parts {
            let classes = part.columns.count
            var dWeights = gradients.mutableSpan(.head(part.head, part.subhead))
            for feature in 0..<matrix.features {
                for k in 0..<classes {
                    let n = part.columns.lowerBound + k
                    dWeights[feature * classes + k] +=
                        sum[(n / laneWidth * depth + feature) * laneWidth + n % laneWidth]
                }
            }
        }
        return dFeatures
    }
}
