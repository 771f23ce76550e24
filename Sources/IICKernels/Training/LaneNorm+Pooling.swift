/// Batch norm, ReLU and a 2 × 2 max-pool in one.
extension LaneNorm {
    /// The four activations of one cell; beyond the image 0, which never wins a gradient.
    private struct Cell {
        var x0: Lane
        var x1: Lane
        var x2: Lane
        var x3: Lane

        @inline(__always)
        var largest: Lane {
            IICKernels.largest(IICKernels.largest(x0, x1), IICKernels.largest(x2, x3))
        }

        /// `gradient` at the first of the largest activations in reading order, if ReLU let it pass.
        @inline(__always)
        func spread(_ gradient: Lane) -> Cell {
            let best = largest
            let gradient = pass(gradient, where: best)
            let zero = Lane()
            let is0 = x0 .== best
            let is1 = (x1 .== best) .& .!is0
            let is2 = (x2 .== best) .& .!(is0 .| is1)
            let is3 = .!(is0 .| is1 .| is2)
            return Cell(
                x0: zero.replacing(with: gradient, where: is0),
                x1: zero.replacing(with: gradient, where: is1),
                x2: zero.replacing(with: gradient, where: is2),
                x3: zero.replacing(with: gradient, where: is3))
        }
    }

    /// Where a cell lies: its first pixel, and how far the others are; 0 if they are beyond the
    /// image.
    private struct Place {
        var first: Int
        var right: Int
        var below: Int
    }

    /// Visits the cells of one lane: `(cell's place, where it lies in the pooled rows)`.
    @inline(__always)
    private static func forEachCell(
        _ pooled: LaneRows, of full: LaneRows, lane: Int, _ body: (Place, Int) -> Void
    ) {
        for row in 0..<pooled.rows.count {
            let y = 2 * (pooled.rows.lowerBound + row) - full.rows.lowerBound
            let start = y * full.rowStride + lane * full.laneStride
            let target = row * pooled.rowStride + lane * pooled.laneStride
            let below = y + 1 < full.rows.count ? full.rowStride : 0
            for column in 0..<pooled.width {
                body(
                    Place(
                        first: start + 2 * column * laneWidth,
                        right: 2 * column + 1 < full.width ? laneWidth : 0, below: below),
                    target + column * laneWidth)
            }
        }
    }

    @inline(__always)
    private static func cell(
        _ input: UnsafePointer<Float>, _ place: Place, _ norm: Values
    ) -> Cell {
        let first = input + place.first
        let x0 = norm.rectified(loadLane(first))
        let zero = Lane()
        let isWide = place.right > 0
        let isHigh = place.below > 0
        return Cell(
            x0: x0,
            x1: isWide ? norm.rectified(loadLane(first + place.right)) : zero,
            x2: isHigh ? norm.rectified(loadLane(first + place.below)) : zero,
            x3: isWide && isHigh
                ? norm.rectified(loadLane(first + place.below + place.right)) : zero)
    }

    private func check(_ pooled: LaneRows, of full: LaneRows) {
        IICKernels.check(pooled.lanes == full.lanes && scale.count == full.lanes * laneWidth)
        IICKernels.check(2 * pooled.rows.lowerBound >= full.rows.lowerBound)
        IICKernels.check(2 * pooled.rows.upperBound - 1 <= full.rows.upperBound)
        IICKernels.check(2 * pooled.width - 1 <= full.width)
    }

    /// max(0, scale · x + shift), then the largest of each 2 × 2 cell.
    ///
    /// - Parameters:
    ///   - input: rows of the image, as `full` has them; all that the cells need of them.
    ///   - output: rows of cells, overwritten; the last of them may have half of a cell only.
    public func rectifyAndPool(
        _ input: Span<Float>, full: LaneRows, into output: inout MutableSpan<Float>,
        pooled: LaneRows
    ) {
        check(pooled, of: full)
        IICKernels.check(input.count == full.count && output.count == pooled.count)
        input.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                for lane in 0..<full.lanes {
                    withValues(lane) { norm in
                        Self.forEachCell(pooled, of: full, lane: lane) { place, target in
                            storeLane(Self.cell(input, place, norm).largest, output + target)
                        }
                    }
                }
            }
        }
    }

    /// ``addGradients(_:input:layout:into:)`` with the gradient of what was pooled.
    public func addPooledGradients(
        _ dOutput: Span<Float>, pooled: LaneRows, input: Span<Float>, full: LaneRows,
        into sums: inout MutableSpan<Double>
    ) {
        check(pooled, of: full)
        IICKernels.check(input.count == full.count && dOutput.count == pooled.count)
        IICKernels.check(sums.count == 2 * full.lanes * laneWidth)
        input.withUnsafeBufferPointer { input in
            dOutput.withUnsafeBufferPointer { dOutput in
                sums.withUnsafeMutableBufferPointer { sums in
                    guard let input = input.baseAddress, let dOutput = dOutput.baseAddress,
                        let sums = sums.baseAddress
                    else { return }
                    for lane in 0..<full.lanes {
                        withValues(lane) { norm in
                            var (shifts, scales) = (WideLane(), WideLane())
                            Self.forEachCell(pooled, of: full, lane: lane) { place, source in
                                let cell = Self.cell(input, place, norm)
                                let gradient = cell.spread(loadLane(dOutput + source))
                                let first = input + place.first
                                func add(_ passed: Lane, _ offset: Int) {
                                    let passed = WideLane(passed)
                                    shifts = shifts + passed
                                    scales =
                                        scales + passed * norm.normalised(loadLane(first + offset))
                                }
                                add(gradient.x0, 0)
                                add(gradient.x1, place.right)
                                add(gradient.x2, place.below)
                                add(gradient.x3, place.below + place.right)
                            }
                            let channel = sums + lane * laneWidth
                            shifts.add(to: channel)
                            scales.add(to: channel + full.lanes * laneWidth)
                        }
                    }
                }
            }
        }
    }

    /// ``backpropagate(_:input:layout:meanGradients:)`` with the gradient of what was pooled.
    ///
    /// - Parameter dInput: rows of the image, as `full` has them, overwritten.
    public func backpropagatePooled(
        _ dOutput: Span<Float>, pooled: LaneRows, input: Span<Float>,
        into dInput: inout MutableSpan<Float>, full: LaneRows, meanGradients: Span<Double>
    ) {
        check(pooled, of: full)
        IICKernels.check(input.count == full.count && dOutput.count == pooled.count)
        IICKernels.check(dInput.count == full.count)
        IICKernels.check(meanGradients.count == 2 * full.lanes * laneWidth)
        // What no cell covers: the last row or column if an odd one is dropped.
        let rest = full.rows.count > 2 * pooled.rows.count || full.width > 2 * pooled.width
        input.withUnsafeBufferPointer { input in
            dOutput.withUnsafeBufferPointer { dOutput in
                dInput.withUnsafeMutableBufferPointer { dInput in
                    meanGradients.withUnsafeBufferPointer { means in
                        guard let input = input.baseAddress, let dOutput = dOutput.baseAddress,
                            let dInput = dInput.baseAddress, let means = means.baseAddress
                        else { return }
                        for lane in 0..<full.lanes {
                            let (shift, scale) = Self.means(means, lane, full.lanes)
                            withValues(lane) { norm in
                                @inline(__always)
                                func store(_ passed: Lane, _ at: Int) {
                                    let x = loadLane(input + at)
                                    storeLane(norm.dInput(x, passed, shift, scale), dInput + at)
                                }
                                Self.forEachCell(pooled, of: full, lane: lane) { place, source in
                                    let cell = Self.cell(input, place, norm)
                                    let gradient = cell.spread(loadLane(dOutput + source))
                                    let at = place.first
                                    store(gradient.x0, at)
                                    if place.right > 0 { store(gradient.x1, at + place.right) }
                                    if place.below > 0 { store(gradient.x2, at + place.below) }
                                    if place.right > 0 && place.below > 0 {
                                        store(gradient.x3, at + place.below + place.right)
                                    }
                                }
                                guard rest else { return }
                                for row in 0..<full.rows.count {
                                    let start = row * full.rowStride + lane * full.laneStride
                                    let covered = row < 2 * pooled.rows.count
                                    let first = covered ? 2 * pooled.width : 0
                                    for column in first..<max(first, full.width) {
                                        store(Lane(), start + column * laneWidth)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
