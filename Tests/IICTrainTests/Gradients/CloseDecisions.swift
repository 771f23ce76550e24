import IICInfer
import IICKernels

@testable import IICTrain

/// Where a gradient jumps: a ReLU's input at 0, two values of a max-pool's cell that are equal.
/// Nearer to it than rounding, single precision may decide either way.
extension ReferenceTrunk {
    /// One that is close, and the product that turns it.
    struct Decision {
        var layer: Int
        var image: Int
        /// Of the product in its image.
        var index: Int
        /// Of the product that it competes with; nil if it is that of a ReLU.
        var rival: Int?
        /// How near to the jump it is, in standard deviations of the channel.
        var distance: Double
        var value: Float
    }

    /// - Parameter margin: how near a jump is close, in standard deviations of the channel.
    func closeDecisions(within margin: Double) -> [Decision] {
        var close: [Decision] = []
        for (layer, images) in products.enumerated() {
            for (image, values) in images.enumerated() {
                for cell in cells(layer: layer) {
                    let c = cell[0] % norms[layer].scale.count
                    let (scale, shift) = (norms[layer].scale[c], norms[layer].shift[c])
                    let reach = margin / norms[layer].inverseDeviation[c]
                    func consider(
                        _ index: Int, beside jump: Double, isAbove: Bool, rival: Int? = nil
                    ) {
                        let distance = abs(Double(values[index]) - jump)
                        guard distance < reach else { return }
                        let value = Float(jump + (isAbove ? -reach : reach))
                        close.append(
                            Decision(
                                layer: layer, image: image, index: index, rival: rival,
                                distance: distance * norms[layer].inverseDeviation[c],
                                value: value))
                    }
                    func activation(_ index: Int) -> Double {
                        scale * Double(values[index]) + shift
                    }
                    let best = cell.reduce(cell[0]) { activation($1) > activation($0) ? $1 : $0 }
                    let zero = -shift / scale
                    consider(best, beside: zero, isAbove: Double(values[best]) > zero)
                    guard activation(best) > 0 else { continue }
                    // Equal values read equal inputs: whichever wins, the gradient is the same.
                    for other in cell where values[other] != values[best] {
                        consider(
                            other, beside: Double(values[best]), isAbove: scale < 0, rival: best)
                    }
                }
            }
        }
        return close
    }

    /// Whether a group in lanes decided otherwise than this trunk.
    func isTurned(_ decision: Decision, in pass: GroupPass) -> Bool {
        let layout = pass.plan.product(decision.layer)
        let channels = norms[decision.layer].scale.count
        let values = pass.products[decision.layer][decision.image]
        func activation(_ index: Int) -> Double {
            let (pixel, c) = (index / channels, index % channels)
            let place =
                pixel / layout.width * layout.rowStride + c / laneWidth * layout.laneStride
                + pixel % layout.width * laneWidth + c % laneWidth
            let norm = pass.norms[decision.layer].norm
            return norm.scale[c] * Double(values.span()[place]) + norm.shift[c]
        }
        if let rival = decision.rival {
            return activation(decision.index) >= activation(rival)
        }
        let c = decision.index % channels
        let value = Double(products[decision.layer][decision.image][decision.index])
        let isPositive = norms[decision.layer].scale[c] * value + norms[decision.layer].shift[c] > 0
        return (activation(decision.index) > 0) != isPositive
    }

    /// The same trunk on its way back with one decision made the other way.
    func turning(_ decision: Decision) -> ReferenceTrunk {
        var turned = self
        turned.products[decision.layer][decision.image][decision.index] = decision.value
        return turned
    }

    /// The products that compete with each other: those of a cell, or each alone.
    private func cells(layer: Int) -> [[Int]] {
        let convolution = shape.convolutions[layer]
        let (height, width) = (convolution.outputHeight, convolution.outputWidth)
        let channels = convolution.outputs
        guard shape.architecture.layers[layer].pooled else {
            return (0..<height * width * channels).map { [$0] }
        }
        let size = pooledSize(
            height: height, width: width, ceiling: shape.geometry == .seamless)
        return (0..<size.height * size.width * channels).map { index in
            let (pixel, c) = (index / channels, index % channels)
            let (row, column) = (pixel / size.width * 2, pixel % size.width * 2)
            return (row..<min(row + 2, height)).flatMap { y in
                (column..<min(column + 2, width)).map { x in (y * width + x) * channels + c }
            }
        }
    }
}
