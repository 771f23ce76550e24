import IICInfer
import IICKernels

/// From the heads' maps of all views to the loss, and back to the gradient of the maps.
///
/// The maps grow to the image's size, gx's come back into x's frame, the mask applies to both, and
/// the joints of all images add up; everything after the maps is in double precision.
struct PairObjective {
    let batch: TrainingBatch
    let objective: Objective
    let shape: NetworkShape
    let pool: ComputePool

    /// One thread's room: fields of one image, `(H, W, K)`.
    private struct Workspace {
        let resized: Buffer<Float>
        let warped: Buffer<Float>
        let first: Buffer<Double>
        let second: Buffer<Double>
        let dFirst: Buffer<Double>
        let dSecond: Buffer<Double>
        let scratch: Buffer<Double>

        init(_ shape: FieldShape, scratch: Int) {
            resized = Buffer(repeating: 0, count: shape.count)
            warped = Buffer(repeating: 0, count: shape.count)
            first = Buffer(repeating: 0, count: shape.count)
            second = Buffer(repeating: 0, count: shape.count)
            dFirst = Buffer(repeating: 0, count: shape.count)
            dSecond = Buffer(repeating: 0, count: shape.count)
            self.scratch = Buffer(repeating: 0, count: scratch)
        }
    }

    /// - Parameters:
    ///   - maps: x's, then one a view.
    ///   - dMaps: their gradients, added to.
    func run(maps: [HeadMaps], dMaps: [HeadMaps]) -> BatchLoss {
        var result = BatchLoss()
        for head in Head.allCases {
            guard let weight = objective.weights[head], let subheads = maps[0].maps[head],
                let dSubheads = dMaps[0].maps[head]
            else { continue }
            let loss = objective.kind.loss(
                halfWidth: objective.halfWidth, lambda: objective.lambdas[head] ?? 1)
            let classes =
                head == .A ? shape.architecture.overclusters : shape.architecture.classes
            let field = FieldShape(height: shape.height, width: shape.width, classes: classes)
            let rooms = (0..<pool.threads).map { _ in
                Workspace(field, scratch: loss.scratchCount(field))
            }
            result.losses[head] = Array(repeating: 0, count: subheads.count)
            result.plain[head] = result.losses[head]
            let share = weight / Double(subheads.count * batch.views.count)
            for view in batch.views.indices {
                guard let others = maps[view + 1].maps[head],
                    let dOthers = dMaps[view + 1].maps[head]
                else { continue }
                for subhead in subheads.indices {
                    let value = run(
                        loss, field: field, view: batch.views[view].seen(by: head), share: share,
                        rooms: rooms,
                        maps: (subheads[subhead], others[subhead]),
                        dMaps: (dSubheads[subhead], dOthers[subhead]))
                    let count = Double(batch.views.count)
                    result.losses[head]?[subhead] += value.loss / count
                    result.plain[head]?[subhead] += value.plainLoss / count
                }
            }
        }
        return result
    }

    /// One sub-head and view pair.
    private func run(
        _ loss: any InformationLoss, field: FieldShape, view: TrainingBatch.View, share: Double,
        rooms: [Workspace], maps: ([Buffer<Float>], [Buffer<Float>]),
        dMaps: ([Buffer<Float>], [Buffer<Float>])
    ) -> LossValue {
        let images = batch.images.count
        let (rows, columns) = (shape.resizeRows, shape.resizeColumns)

        /// Fills a workspace with the masked fields of one image.
        func prepare(_ image: Int, _ room: Workspace) {
            let (firstMap, secondMap, mask) = (maps.0[image], maps.1[image], view.masks[image])
            var resized = room.resized.mutableSpan()
            resize(
                firstMap.span(), into: &resized, rows: rows, columns: columns,
                channels: field.classes)
            var first = room.first.mutableSpan()
            applyMask(mask.span(), to: resized.span, into: &first, classes: field.classes)
            resize(
                secondMap.span(), into: &resized, rows: rows, columns: columns,
                channels: field.classes)
            var warped = room.warped.mutableSpan()
            warp(
                resized.span, into: &warped, affine: view.affines[image], height: field.height,
                width: field.width, channels: field.classes)
            var second = room.second.mutableSpan()
            applyMask(mask.span(), to: warped.span, into: &second, classes: field.classes)
        }

        let partial = (0..<images).map { _ in
            Buffer<Double>(repeating: 0, count: loss.jointCount(classes: field.classes))
        }
        pool.forEach(images) { worker, image in
            let (room, mask, target) = (rooms[worker], view.masks[image], partial[image])
            prepare(image, room)
            var joints = target.mutableSpan()
            var scratch = room.scratch.mutableSpan()
            loss.addJoints(
                first: room.first.span(), second: room.second.span(), mask: mask.span(),
                into: &joints, shape: field, scratch: &scratch)
        }
        let joints = treeSum(partial.map(\.array))
        let value = loss.evaluate(joints: joints.span, classes: field.classes)

        pool.forEach(images) { worker, image in
            let (room, mask) = (rooms[worker], view.masks[image])
            prepare(image, room)
            var dFirst = room.dFirst.mutableSpan()
            var dSecond = room.dSecond.mutableSpan()
            var scratch = room.scratch.mutableSpan()
            loss.backpropagate(
                dJoints: value.dJoints.span, first: room.first.span(),
                second: room.second.span(), dFirst: &dFirst, dSecond: &dSecond, shape: field,
                scratch: &scratch)
            var resized = room.resized.mutableSpan()
            var warped = room.warped.mutableSpan()
            let (dFirstMap, dSecondMap) = (dMaps.0[image], dMaps.1[image])
            unmask(mask.span(), dFirst.span, scale: share, into: &resized, classes: field.classes)
            addResized(resized.span, to: dFirstMap)
            unmask(mask.span(), dSecond.span, scale: share, into: &warped, classes: field.classes)
            backpropagateWarp(
                warped.span, into: &resized, affine: view.affines[image], height: field.height,
                width: field.width, channels: field.classes)
            addResized(resized.span, to: dSecondMap)
        }

        func addResized(_ gradient: Span<Float>, to map: Buffer<Float>) {
            let part = Buffer<Float>(repeating: 0, count: map.count)
            var span = part.mutableSpan()
            backpropagateResize(
                gradient, into: &span, rows: rows, columns: columns, channels: field.classes)
            var target = map.mutableSpan()
            for index in 0..<map.count { target[index] += span[index] }
        }
        return value
    }
}

/// `(H, W, K)` values in double precision, 0 where masked.
private func applyMask(
    _ mask: Span<Double>, to values: Span<Float>, into output: inout MutableSpan<Double>,
    classes: Int
) {
    for pixel in 0..<mask.count {
        let factor = mask[pixel]
        for k in pixel * classes..<(pixel + 1) * classes {
            output[k] = Double(values[k]) * factor
        }
    }
}

/// The gradient of ``applyMask(_:to:into:classes:)``, scaled.
private func unmask(
    _ mask: Span<Double>, _ gradient: Span<Double>, scale: Double,
    into output: inout MutableSpan<Float>, classes: Int
) {
    for pixel in 0..<mask.count {
        let factor = mask[pixel] * scale
        for k in pixel * classes..<(pixel + 1) * classes {
            output[k] = Float(gradient[k] * factor)
        }
    }
}
