/// What a batch norm does to a group in training, for the kernels: each `(16 · lanes)`, zeros
/// beyond the last channel, so that lanes stay filled up with zeros.
///
/// Double precision: rounding would put values near 0 on the other side of ReLU, where a gradient
/// jumps.
public struct LaneNorm: Sendable {
    public var mean: [Double]
    public var inverseDeviation: [Double]
    /// γ / √(variance + ε).
    public var scale: [Double]
    /// β − mean · scale.
    public var shift: [Double]

    public init(channels: Int) {
        scale = Array(repeating: 0, count: lanes(channels) * laneWidth)
        mean = scale
        inverseDeviation = scale
        shift = scale
    }

    /// One lane of them.
    struct Values {
        let mean: WideLane
        let inverseDeviation: WideLane
        let scale: WideLane
        let shift: WideLane

        /// Batch norm, then ReLU.
        @inline(__always)
        func rectified(_ x: Lane) -> Lane { largest((WideLane(x) * scale + shift).lane, Lane()) }

        /// x̂.
        @inline(__always)
        func normalised(_ x: Lane) -> WideLane { (WideLane(x) - mean) * inverseDeviation }
    }

    func withValues(_ lane: Int, _ body: (Values) -> Void) {
        mean.withUnsafeBufferPointer { mean in
            inverseDeviation.withUnsafeBufferPointer { inverse in
                scale.withUnsafeBufferPointer { scale in
                    shift.withUnsafeBufferPointer { shift in
                        guard let mean = mean.baseAddress, let inverse = inverse.baseAddress,
                            let scale = scale.baseAddress, let shift = shift.baseAddress
                        else { return }
                        let channel = lane * laneWidth
                        body(
                            Values(
                                mean: WideLane(mean + channel),
                                inverseDeviation: WideLane(inverse + channel),
                                scale: WideLane(scale + channel),
                                shift: WideLane(shift + channel)))
                    }
                }
            }
        }
    }

    /// max(0, scale · x + shift), row by row.
    ///
    /// - Parameters:
    ///   - input: some rows in lanes.
    ///   - output: the same rows, overwritten.
    ///
    /// Source: Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 1.
    public func rectify(
        _ input: Span<Float>, into output: inout MutableSpan<Float>, layout: LaneRows
    ) {
        check(input.count == layout.count && output.count == layout.count)
        check(scale.count == layout.lanes * laneWidth)
        input.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                for lane in 0..<layout.lanes {
                    withValues(lane) { norm in
                        for row in 0..<layout.rows.count {
                            let start = row * layout.rowStride + lane * layout.laneStride
                            for column in 0..<layout.width {
                                let at = start + column * laneWidth
                                storeLane(norm.rectified(loadLane(input + at)), output + at)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds the two sums that the gradient of batch norm and ReLU needs.
    ///
    /// - Parameters:
    ///   - dOutput: gradient of the activations, rows in lanes.
    ///   - input: what was normalised.
    ///   - sums: `(2, 16 · lanes)`: Σ dy (the gradient of β), then Σ dy · x̂ (that of γ); added to.
    public func addGradients(
        _ dOutput: Span<Float>, input: Span<Float>, layout: LaneRows,
        into sums: inout MutableSpan<Double>
    ) {
        check(input.count == layout.count && dOutput.count == layout.count)
        check(sums.count == 2 * layout.lanes * laneWidth)
        input.withUnsafeBufferPointer { input in
            dOutput.withUnsafeBufferPointer { dOutput in
                sums.withUnsafeMutableBufferPointer { sums in
                    guard let input = input.baseAddress, let dOutput = dOutput.baseAddress,
                        let sums = sums.baseAddress
                    else { return }
                    for lane in 0..<layout.lanes {
                        withValues(lane) { norm in
                            var (shifts, scales) = (WideLane(), WideLane())
                            for row in 0..<layout.rows.count {
                                let start = row * layout.rowStride + lane * layout.laneStride
                                for column in 0..<layout.width {
                                    let at = start + column * laneWidth
                                    let x = loadLane(input + at)
                                    let passed = WideLane(
                                        pass(loadLane(dOutput + at), where: norm.rectified(x)))
                                    shifts = shifts + passed
                                    scales = scales + passed * norm.normalised(x)
                                }
                            }
                            let channel = sums + lane * laneWidth
                            shifts.add(to: channel)
                            scales.add(to: channel + layout.lanes * laneWidth)
                        }
                    }
                }
            }
        }
    }

    /// Carries a gradient back through ReLU and batch norm, in place:
    /// dx = scale · (dy − mean(dy) − x̂ · mean(dy · x̂)).
    ///
    /// - Parameters:
    ///   - gradient: of the activations; overwritten by that of the input.
    ///   - input: what was normalised.
    ///   - meanGradients: the sums of ``addGradients(_:input:layout:into:)`` over the group, divided
    ///     by its number of pixels.
    ///
    /// Source: Ioffe and Szegedy (2015), section 3.
    public func backpropagate(
        _ gradient: inout MutableSpan<Float>, input: Span<Float>, layout: LaneRows,
        meanGradients: Span<Double>
    ) {
        check(input.count == layout.count && gradient.count == layout.count)
        check(meanGradients.count == 2 * layout.lanes * laneWidth)
        input.withUnsafeBufferPointer { input in
            gradient.withUnsafeMutableBufferPointer { gradient in
                meanGradients.withUnsafeBufferPointer { means in
                    guard let input = input.baseAddress, let gradient = gradient.baseAddress,
                        let means = means.baseAddress
                    else { return }
                    for lane in 0..<layout.lanes {
                        let (shift, scale) = Self.means(means, lane, layout.lanes)
                        withValues(lane) { norm in
                            for row in 0..<layout.rows.count {
                                let start = row * layout.rowStride + lane * layout.laneStride
                                for column in 0..<layout.width {
                                    let at = start + column * laneWidth
                                    let x = loadLane(input + at)
                                    let passed = pass(
                                        loadLane(gradient + at), where: norm.rectified(x))
                                    storeLane(
                                        norm.dInput(x, passed, shift, scale), gradient + at)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    static func means(
        _ means: UnsafePointer<Double>, _ lane: Int, _ lanes: Int
    ) -> (shift: WideLane, scale: WideLane) {
        (WideLane(means + lane * laneWidth), WideLane(means + (lanes + lane) * laneWidth))
    }
}

extension LaneNorm.Values {
    @inline(__always)
    func dInput(_ x: Lane, _ passed: Lane, _ shift: WideLane, _ scale: WideLane) -> Lane {
        (self.scale * ((WideLane(passed) - shift) - normalised(x) * scale)).lane
    }
}

/// `gradient` where an activation is positive, else 0.
@inline(__always)
func pass(_ gradient: Lane, where activation: Lane) -> Lane {
    Lane().replacing(with: gradient, where: activation .> Lane())
}

/// Adds the sums and sums of squares of some rows to those of their batch-norm group.
///
/// - Parameter moments: `(2, 16 · lanes)`.
public func addMoments(
    _ input: Span<Float>, layout: LaneRows, into moments: inout MutableSpan<Double>
) {
    check(input.count == layout.count && moments.count == 2 * layout.lanes * laneWidth)
    input.withUnsafeBufferPointer { input in
        moments.withUnsafeMutableBufferPointer { moments in
            guard let input = input.baseAddress, let moments = moments.baseAddress else { return }
            for lane in 0..<layout.lanes {
                var (sums, squares) = (WideLane(), WideLane())
                for row in 0..<layout.rows.count {
                    let start = input + row * layout.rowStride + lane * layout.laneStride
                    for column in 0..<layout.width {
                        let value = WideLane(loadLane(start + column * laneWidth))
                        sums = sums + value
                        squares = squares + value * value
                    }
                }
                sums.add(to: moments + lane * laneWidth)
                squares.add(to: moments + (layout.lanes + lane) * laneWidth)
            }
        }
    }
}
