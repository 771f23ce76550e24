/// Adds one image's sums and sums of squares to those of its batch-norm group.
///
/// - Parameters:
///   - input: `(pixels, C)`.
///   - sums: `(2, C)`: sums, then sums of squares; added to.
public func addMoments(_ input: Span<Float>, into sums: inout MutableSpan<Double>, channels: Int) {
    precondition(input.count.isMultiple(of: channels) && sums.count == 2 * channels)
    for pixel in 0..<input.count / channels {
        let offset = pixel * channels
        for c in 0..<channels {
            let value = Double(input[offset + c])
            sums[c] += value
            sums[channels + c] += value * value
        }
    }
}

/// Batch norm with given statistics, then ReLU: max(0, scale · x + shift), channel by channel.
///
/// In double precision, as in training: rounding here would put values near 0 on the other side of
/// ReLU, where a gradient jumps.
///
/// - Parameters:
///   - input: `(pixels, C)`.
///   - scale: γ / √(variance + ε), `(C)`.
///   - shift: β − mean · scale, `(C)`.
///   - output: `(pixels, C)`, overwritten.
///
/// Source: Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 1.
public func scaleAndRectify(
    _ input: Span<Float>, scale: Span<Double>, shift: Span<Double>,
    into output: inout MutableSpan<Float>
) {
    let channels = scale.count
    precondition(input.count == output.count && shift.count == channels)
    precondition(input.count.isMultiple(of: channels))
    for pixel in 0..<input.count / channels {
        let offset = pixel * channels
        for c in 0..<channels {
            output[offset + c] = Float(max(0, Double(input[offset + c]) * scale[c] + shift[c]))
        }
    }
}

/// Adds one image's part of the two sums that the gradient of batch norm and ReLU needs.
///
/// - Parameters:
///   - dOutput: gradient of the activation, `(pixels, C)`.
///   - input: what was normalised, `(pixels, C)`.
///   - scale, shift: as in ``scaleAndRectify(_:scale:shift:into:)``; they tell where ReLU passed.
///   - mean, inverseDeviation: the group's, `(C)`.
///   - sums: `(2, C)`: Σ dy (the gradient of β), then Σ dy · x̂ (that of γ); added to.
public func addNormGradients(
    _ dOutput: Span<Float>, input: Span<Float>, scale: Span<Double>, shift: Span<Double>,
    mean: Span<Double>, inverseDeviation: Span<Double>, into sums: inout MutableSpan<Double>
) {
    let channels = scale.count
    precondition(input.count == dOutput.count && sums.count == 2 * channels)
    precondition(input.count.isMultiple(of: channels))
    precondition(
        shift.count == channels && mean.count == channels && inverseDeviation.count == channels)
    for pixel in 0..<input.count / channels {
        let offset = pixel * channels
        for c in 0..<channels {
            let x = Double(input[offset + c])
            let passed = x * scale[c] + shift[c] > 0 ? Double(dOutput[offset + c]) : 0
            sums[c] += passed
            sums[channels + c] += passed * ((x - mean[c]) * inverseDeviation[c])
        }
    }
}

/// Carries a gradient back through ReLU and a batch norm whose statistics come from the batch:
/// dx = scale · (dy − mean(dy) − x̂ · mean(dy · x̂)).
///
/// - Parameters:
///   - dOutput: gradient of the activation, `(pixels, C)`; overwritten by that of the input.
///   - input: what was normalised, `(pixels, C)`.
///   - meanGradients: `(2, C)`: the sums of ``addNormGradients(_:input:scale:shift:mean:inverseDeviation:into:)``
///     over the group, divided by its number of pixels.
///
/// Source: Ioffe and Szegedy (2015), section 3.
public func backpropagateNorm(
    _ dOutput: inout MutableSpan<Float>, input: Span<Float>, scale: Span<Double>,
    shift: Span<Double>, mean: Span<Double>, inverseDeviation: Span<Double>,
    meanGradients: Span<Double>
) {
    let channels = scale.count
    precondition(input.count == dOutput.count && meanGradients.count == 2 * channels)
    precondition(input.count.isMultiple(of: channels))
    precondition(
        shift.count == channels && mean.count == channels && inverseDeviation.count == channels)
    for pixel in 0..<input.count / channels {
        let offset = pixel * channels
        for c in 0..<channels {
            let x = Double(input[offset + c])
            let passed = x * scale[c] + shift[c] > 0 ? Double(dOutput[offset + c]) : 0
            let normalised = (x - mean[c]) * inverseDeviation[c]
            dOutput[offset + c] =
                Float(
                    scale[c]
                        * (passed - meanGradients[c] - normalised * meanGradients[channels + c]))
        }
    }
}
