package import IICInfer
package import IICKernels

/// Joints of many displacements by fast Fourier transform: see ``JointTransform``.
///
/// A few images of a group at a time: first the rows of each (an image a thread), then column after
/// column of all of them (a column a thread). Memory is bounded by the number of images at a time, which
/// does not touch the result: at each frequency a group's images add up one after the other.
package final class FourierJointSum: JointSum {
    private let transform: JointTransform
    private let pool: ComputePool
    private let buffers: BufferPool<ComplexLane>
    /// Of the images at hand.
    private let spectra: [Buffer<ComplexLane>]
    /// Which images of the batch these are, once their rows are transformed.
    private var held: Range<Int>?
    /// Of all columns: what the frequencies add up to, then the gradient's transform.
    private let products: Buffer<ComplexLane>
    private let workspaces: [Workspace]

    /// One thread's workspace.
    private struct Workspace {
        let first, second: Buffer<Double>
        let line, mirror, operands, results: Buffer<ComplexLane>
    }

    /// Images whose spectra are kept at a time.
    private static func imagesAtOnce(threads: Int) -> Int { max(8, threads) }
    /// Images that are multiplied at a time, so that the operands stay in cache.
    private static let imagesInCache = 2

    /// - Parameters:
    ///   - images: of the largest batch to come.
    ///   - buffers: where spectra are borrowed from.
    ///   - atOnce: images whose spectra are kept, of which memory depends, and nothing else.
    package init(
        transform: JointTransform, images: Int, pool: ComputePool,
        buffers: BufferPool<ComplexLane> = BufferPool(), atOnce: Int? = nil
    ) {
        self.transform = transform
        self.pool = pool
        let atOnce = min(images, atOnce ?? Self.imagesAtOnce(threads: pool.threads))
        self.buffers = buffers
        func buffer(_ count: Int) -> Buffer<ComplexLane> { Buffer(uninitialized: count) }
        // The largest first, so that no spectrum takes its buffer.
        products = buffers.borrow(atLeast: transform.allProductsCount)
        spectra = (0..<atOnce).map { _ in buffers.borrow(atLeast: transform.spectrumCount) }
        workspaces = (0..<pool.threads).map { _ in
            let row = transform.width * transform.classes
            let operands = transform.operandCount(images: Self.imagesInCache)
            return Workspace(
                first: Buffer(uninitialized: row), second: Buffer(uninitialized: row),
                line: buffer(transform.lineCount), mirror: buffer(transform.lineCount),
                operands: buffer(operands), results: buffer(operands))
        }
    }

    deinit { buffers.return(spectra + [products]) }

    /// Bytes that it takes.
    static func bytes(transform: JointTransform, images: Int, threads: Int) -> Int {
        let atOnce = min(images, imagesAtOnce(threads: threads))
        let workspace =
            2 * transform.operandCount(images: imagesInCache) + 2 * transform.lineCount
            + transform.width * transform.classes / classLaneWidth
        return MemoryLayout<ComplexLane>.stride
            * (atOnce * transform.spectrumCount + transform.allProductsCount + threads * workspace)
    }

    package func joints(of fields: some PairFields, images: Range<Int>) -> [Double] {
        let products = products
        pool.forEach(transform.columns) { _, column in
            var sums = products.mutableSpan(range(column))
            for index in 0..<sums.count { sums[index] = ComplexLane() }
        }
        for part in parts(of: images) {
            transformRows(of: fields, part)
            pool.forEach(transform.columns) { worker, column in
                var sums = products.mutableSpan(range(column))
                forEachPart(of: part, column: column, worker: worker) { operands, part in
                    transform.addProducts(operands, images: part.count, into: &sums)
                }
            }
        }
        pool.forEach(transform.columns) { worker, column in
            var sums = products.mutableSpan(range(column))
            let workspace = workspaces[worker]
            var line = workspace.line.mutableSpan()
            transform.transformProductsBack(&sums, line: &line)
        }
        let row = transform.displacements * transform.classes * transform.classes
        let joints = Buffer<Double>(repeating: 0, count: transform.displacements * row)
        pool.forEach(transform.displacements) { worker, dy in
            let workspace = workspaces[worker]
            var target = joints.mutableSpan(dy * row..<(dy + 1) * row)
            var line = workspace.line.mutableSpan()
            transform.joints(products.span(), row: dy, into: &target, line: &line)
        }
        return joints.array
    }

    /// Clears the joints of displacements that no pair of pixels has: a mask may leave some. What the
    /// transform leaves there are roundings, and the loss would divide them by their sum.
    ///
    /// One pair weighs more than the 10⁻¹⁰ of all that counts as none; roundings are 10⁻¹³.
    package func clearRoundings(_ joints: inout [Double]) {
        let size = transform.classes * transform.classes
        let sums = stride(from: 0, to: joints.count, by: size).map { first in
            joints[first..<first + size].reduce(0, +)
        }
        let least = 1e-10 * (sums.max() ?? 0)
        for (displacement, sum) in sums.enumerated() where sum < least {
            for index in displacement * size..<(displacement + 1) * size { joints[index] = 0 }
        }
    }

    package func backpropagate(
        dJoints: [Double], to fields: some PairFields, groups: [Range<Int>]
    ) {
        let products = products
        let row = transform.displacements * transform.classes * transform.classes
        pool.forEach(transform.displacements) { worker, dy in
            let workspace = workspaces[worker]
            var line = workspace.line.mutableSpan()
            transform.spectrum(
                of: dJoints.span.extracting(dy * row..<(dy + 1) * row), row: dy, into: products,
                line: &line)
        }
        pool.forEach(transform.columns) { worker, column in
            var sums = products.mutableSpan(range(column))
            let workspace = workspaces[worker]
            var line = workspace.line.mutableSpan()
            transform.transformProducts(&sums, line: &line)
        }
        // Backwards, since the last part's rows may be here still.
        for part in groups.flatMap({ parts(of: $0) }).reversed() {
            if held != part { transformRows(of: fields, part) }
            held = nil
            pool.forEach(transform.columns) { worker, column in
                let workspace = workspaces[worker]
                let matrix = products.span(range(column))
                forEachPart(of: part, column: column, worker: worker) { operands, part in
                    var results = workspace.results.mutableSpan()
                    transform.multiplyBack(
                        matrix, operands, images: part.count, into: &results)
                    for (index, image) in part.enumerated() {
                        var line = workspace.line.mutableSpan()
                        var mirror = workspace.mirror.mutableSpan()
                        transform.scatter(
                            column: column, results.span, image: index, images: part.count,
                            into: spectra[image], line: &line, mirror: &mirror)
                    }
                }
            }
            pool.forEach(part.count) { worker, index in
                let (workspace, source) = (workspaces[worker], spectra[index])
                let image = part.lowerBound + index
                for y in 0..<transform.height {
                    var first = workspace.first.mutableSpan()
                    var second = workspace.second.mutableSpan()
                    var line = workspace.line.mutableSpan()
                    transform.transformRowBack(
                        y, source.span(), dFirst: &first, dSecond: &second, line: &line)
                    fields.add(
                        row: y, image: image, worker: worker, dFirst: first.span,
                        dSecond: second.span)
                }
                fields.end(image: image, worker: worker)
            }
        }
    }

    /// The images of a group that are in memory together, one part after the other.
    private func parts(of images: Range<Int>) -> [Range<Int>] {
        stride(from: images.lowerBound, to: images.upperBound, by: spectra.count).map {
            $0..<min($0 + spectra.count, images.upperBound)
        }
    }

    private func range(_ column: Int) -> Range<Int> {
        column * transform.productCount..<(column + 1) * transform.productCount
    }

    private func transformRows(of fields: some PairFields, _ group: Range<Int>) {
        pool.forEach(group.count) { worker, index in
            let (workspace, target) = (workspaces[worker], spectra[index])
            let image = group.lowerBound + index
            fields.begin(image: image, worker: worker)
            var spectrum = target.mutableSpan()
            for y in 0..<transform.height {
                var first = workspace.first.mutableSpan()
                var second = workspace.second.mutableSpan()
                fields.read(
                    row: y, image: image, worker: worker, first: &first, second: &second)
                var line = workspace.line.mutableSpan()
                transform.transformRow(
                    y, first: first.span, second: second.span, into: &spectrum, line: &line)
            }
        }
        held = group
    }

    /// Calls `body` with the operands of a few images of the group after a few: their places among
    /// the spectra.
    private func forEachPart(
        of group: Range<Int>, column: Int, worker: Int,
        _ body: (_ operands: Span<ComplexLane>, _ part: Range<Int>) -> Void
    ) {
        let workspace = workspaces[worker]
        let parts = transform.parts(column: column)
        for first in stride(from: 0, to: group.count, by: Self.imagesInCache) {
            let part = first..<min(first + Self.imagesInCache, group.count)
            var operands = workspace.operands.mutableSpan()
            for (index, image) in part.enumerated() {
                var line = workspace.line.mutableSpan()
                var mirror = workspace.mirror.mutableSpan()
                let spectrum = spectra[image]
                transform.gather(
                    own: spectrum.span(parts.own), mirrored: spectrum.span(parts.mirrored),
                    into: &operands, image: index, images: part.count, line: &line,
                    mirror: &mirror)
            }
            body(operands.span, part)
        }
    }
}
