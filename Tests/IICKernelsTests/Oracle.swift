import Foundation
import IICKernels

/// Plain loops in double precision, written from the definitions and from nothing in the kernels:
/// what the kernels' results are compared with.
enum Oracle {
    /// One image, `(H, W, C)`; zero beyond its edges.
    struct Image {
        let height: Int
        let width: Int
        let channels: Int
        var values: [Double]

        subscript(y: Int, x: Int, c: Int) -> Double {
            guard y >= 0, y < height, x >= 0, x < width else { return 0 }
            return values[(y * width + x) * channels + c]
        }
    }

    static func convolve(_ input: [Double], _ weights: [Double], _ shape: ConvolutionShape)
        -> [Double]
    {
        let image = Image(
            height: shape.height, width: shape.width, channels: shape.inputs, values: input)
        var output: [Double] = []
        for y in 0..<shape.outputHeight {
            for x in 0..<shape.outputWidth {
                for o in 0..<shape.outputs {
                    var sum = 0.0
                    eachTap(of: shape) { ky, kx, i, tap in
                        sum +=
                            weights[tap * shape.outputs + o]
                            * image[
                                y + ky * shape.dilation - shape.padding,
                                x + kx * shape.dilation - shape.padding, i]
                    }
                    output.append(sum)
                }
            }
        }
        return output
    }

    static func weightGradient(_ input: [Double], _ dOutput: [Double], _ shape: ConvolutionShape)
        -> [Double]
    {
        let image = Image(
            height: shape.height, width: shape.width, channels: shape.inputs, values: input)
        var dWeights = [Double](repeating: 0, count: shape.taps * shape.outputs)
        eachTap(of: shape) { ky, kx, i, tap in
            for y in 0..<shape.outputHeight {
                for x in 0..<shape.outputWidth {
                    let value = image[
                        y + ky * shape.dilation - shape.padding,
                        x + kx * shape.dilation - shape.padding, i]
                    for o in 0..<shape.outputs {
                        dWeights[tap * shape.outputs + o] +=
                            value * dOutput[(y * shape.outputWidth + x) * shape.outputs + o]
                    }
                }
            }
        }
        return dWeights
    }

    private static func eachTap(
        of shape: ConvolutionShape, _ body: (_ ky: Int, _ kx: Int, _ i: Int, _ tap: Int) -> Void
    ) {
        for ky in 0..<shape.kernel {
            for kx in 0..<shape.kernel {
                for i in 0..<shape.inputs {
                    body(ky, kx, i, (ky * shape.kernel + kx) * shape.inputs + i)
                }
            }
        }
    }

    /// Batch norm with the statistics of `input` itself, then ReLU; ε = 1e-5.
    static func normAndRectify(_ input: [Double], gamma: [Double], beta: [Double]) -> [Double] {
        let (mean, variance) = moments(input, channels: gamma.count)
        return input.indices.map { index in
            let c = index % gamma.count
            let normalised = (input[index] - mean[c]) / (variance[c] + 1e-5).squareRoot()
            return max(0, gamma[c] * normalised + beta[c])
        }
    }

    static func moments(_ input: [Double], channels: Int) -> (mean: [Double], variance: [Double]) {
        let count = Double(input.count / channels)
        var mean = [Double](repeating: 0, count: channels)
        var variance = mean
        for index in input.indices { mean[index % channels] += input[index] / count }
        for index in input.indices {
            let distance = input[index] - mean[index % channels]
            variance[index % channels] += distance * distance / count
        }
        return (mean, variance)
    }

    /// A bilinear sample at (y, x) as a sum over all pixels of a tent of width 1 around each.
    static func sample(_ image: Image, y: Double, x: Double, channel: Int) -> Double {
        var sum = 0.0
        for row in 0..<image.height {
            for column in 0..<image.width {
                let weight = max(0, 1 - abs(y - Double(row))) * max(0, 1 - abs(x - Double(column)))
                sum += weight * image[row, column, channel]
            }
        }
        return sum
    }

    /// The gradient of `function` at `point` by central differences.
    static func gradient(
        at point: [Double], step: Double = 1e-6, of function: ([Double]) -> Double
    ) -> [Double] {
        point.indices.map { index in
            var (above, below) = (point, point)
            above[index] += step
            below[index] -= step
            return (function(above) - function(below)) / (2 * step)
        }
    }
}

/// Noise in −1…1, the same each time.
struct Noise {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return ((state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9) >> 11
    }

    /// What single precision holds too, so that both precisions see the same numbers.
    mutating func reals(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double(Float(Double(next()) * 0x1p-52 - 1)) }
    }

    /// Whole numbers −8…8: their products and sums are exact in either precision, in any order.
    mutating func integers(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double(next() >> 8 & 0xFFFF).remainder(dividingBy: 17) }
    }
}

/// What `body` writes into `count` elements that are `value` before: not a number unless given, so
/// that what is left out, or added to what should be overwritten, shows.
func written<T: BLASScalar>(
    _ count: Int, over value: T = .nan, _ body: (inout MutableSpan<T>) -> Void
) -> [T] {
    written(over: Array(repeating: value, count: count), body)
}

/// `values` after `body` has worked on them.
func written<T: BLASScalar>(
    over values: [T], _ body: (inout MutableSpan<T>) -> Void
) -> [T] {
    var values = values
    var span = values.mutableSpan
    body(&span)
    return values
}

func converted<T: BLASScalar>(_ values: [Double], to _: T.Type = T.self) -> [T] {
    values.map { T($0) }
}

/// Σ a b; infinite if the counts differ.
func dot<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ a: [A], _ b: [B]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The largest distance; infinite if a value is not a number or the counts differ.
func distance<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ a: [A], _ b: [B]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(worst, difference)
    }
}

/// Repeatable numbers in −1…1.
func waves(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float(sin(Double($0 * 37 + seed * 1009) * 12.9898)) }
}
