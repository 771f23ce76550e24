/// One Winograd algorithm for 3 × 3 kernels: its three matrices, as arithmetic on lanes.
///
/// Source: Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks* (2016), section 4.
protocol WinogradAlgorithm {
    /// Outputs a side; inputs are two more.
    static var outputs: Int { get }

    /// G, `(outputs + 2, 3)`.
    static var weightMatrix: [Double] { get }

    /// target ← Bᵀ source: inputs to as many.
    ///
    /// - Parameters:
    ///   - step: floats from one lane of the source to the next.
    ///   - targetStep: the same for the target.
    static func transformInput(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int)

    /// Aᵀ source: hands each output to `emit`.
    static func transformOutput(
        _ source: UnsafePointer<Float>, _ step: Int, _ emit: (_ index: Int, _ value: Lane) -> Void)
}

extension WinogradAlgorithm {
    @inline(__always) static var inputs: Int { outputs + 2 }
}

extension Lane {
    /// self + a · b for a number b.
    @inline(__always)
    func adding(_ b: Float, times a: Lane) -> Lane {
        adding(product: a, Lane(repeating: b))
    }
}

/// F(4 × 4, 3 × 3): 36 products where a direct convolution does 144. Points 0, ±1, ±2.
enum F4: WinogradAlgorithm {
    @inline(__always) static var outputs: Int { 4 }

    static let weightMatrix: [Double] = [
        1 / 4, 0, 0,
        -1 / 6, -1 / 6, -1 / 6,
        -1 / 6, 1 / 6, -1 / 6,
        1 / 24, 1 / 12, 1 / 6,
        1 / 24, -1 / 12, 1 / 6,
        0, 0, 1,
    ]

    @inline(__always)
    static func transformInput(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (x0, x1) = (loadLane(source), loadLane(source + step))
        let (x2, x3) = (loadLane(source + 2 * step), loadLane(source + 3 * step))
        let (x4, x5) = (loadLane(source + 4 * step), loadLane(source + 5 * step))
        let even = x4.adding(-4, times: x2)
        let odd = x3.adding(-4, times: x1)
        let evenSmall = x4 - x2
        let oddSmall = x3 - x1
        storeLane(x4.adding(-5, times: x2).adding(4, times: x0), target)
        storeLane(even + odd, target + targetStep)
        storeLane(even - odd, target + 2 * targetStep)
        storeLane(evenSmall.adding(2, times: oddSmall), target + 3 * targetStep)
        storeLane(evenSmall.adding(-2, times: oddSmall), target + 4 * targetStep)
        storeLane(x5.adding(-5, times: x3).adding(4, times: x1), target + 5 * targetStep)
    }

    @inline(__always)
    static func transformOutput(
        _ source: UnsafePointer<Float>, _ step: Int, _ emit: (_ index: Int, _ value: Lane) -> Void
    ) {
        let (m1, m2) = (loadLane(source + step), loadLane(source + 2 * step))
        let (m3, m4) = (loadLane(source + 3 * step), loadLane(source + 4 * step))
        let (sum, difference) = (m1 + m2, m1 - m2)
        let (sum2, difference2) = (m3 + m4, m3 - m4)
        emit(0, (loadLane(source) + sum) + sum2)
        emit(1, difference.adding(2, times: difference2))
        emit(2, sum.adding(4, times: sum2))
        emit(3, (loadLane(source + 5 * step) + difference).adding(8, times: difference2))
    }
}

/// F(6 × 6, 3 × 3): 64 products where a direct convolution does 324, a fifth less than ``F4``, with
/// twice its rounding error. Points 0, ±1, ±2, ±1/2.
enum F6: WinogradAlgorithm {
    @inline(__always) static var outputs: Int { 6 }

    static let weightMatrix: [Double] = [
        1, 0, 0,
        -2 / 9, -2 / 9, -2 / 9,
        -2 / 9, 2 / 9, -2 / 9,
        1 / 90, 1 / 45, 2 / 45,
        1 / 90, -1 / 45, 2 / 45,
        32 / 45, 16 / 45, 8 / 45,
        32 / 45, -16 / 45, 8 / 45,
        0, 0, 1,
    ]

    @inline(__always)
    static func transformInput(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        let (x0, x1) = (loadLane(source), loadLane(source + step))
        let (x2, x3) = (loadLane(source + 2 * step), loadLane(source + 3 * step))
        let (x4, x5) = (loadLane(source + 4 * step), loadLane(source + 5 * step))
        let (x6, x7) = (loadLane(source + 6 * step), loadLane(source + 7 * step))
        storeLane((x0 - x6).adding(5.25, times: x4 - x2), target)
        let even = (x2 + x6).adding(-4.25, times: x4)
        let odd = (x1 + x5).adding(-4.25, times: x3)
        storeLane(even + odd, target + targetStep)
        storeLane(even - odd, target + 2 * targetStep)
        let even2 = x6.adding(0.25, times: x2).adding(-1.25, times: x4)
        let odd2 = (0.5 * x1).adding(-2.5, times: x3).adding(2, times: x5)
        storeLane(even2 + odd2, target + 3 * targetStep)
        storeLane(even2 - odd2, target + 4 * targetStep)
        let even3 = x6.adding(4, times: x2).adding(-5, times: x4)
        let odd3 = (2 * x1).adding(-2.5, times: x3).adding(0.5, times: x5)
        storeLane(even3 + odd3, target + 5 * targetStep)
        storeLane(even3 - odd3, target + 6 * targetStep)
        storeLane((x7 - x1).adding(5.25, times: x3 - x5), target + 7 * targetStep)
    }

    @inline(__always)
    static func transformOutput(
        _ source: UnsafePointer<Float>, _ step: Int, _ emit: (_ index: Int, _ value: Lane) -> Void
    ) {
        let (m1, m2) = (loadLane(source + step), loadLane(source + 2 * step))
        let (m3, m4) = (loadLane(source + 3 * step), loadLane(source + 4 * step))
        let (m5, m6) = (loadLane(source + 5 * step), loadLane(source + 6 * step))
        let (sum, difference) = (m1 + m2, m1 - m2)
        let (sum2, difference2) = (m3 + m4, m3 - m4)
        let (sum3, difference3) = (m5 + m6, m5 - m6)
        emit(0, (loadLane(source) + sum) + (sum2 + sum3))
        emit(1, difference.adding(2, times: difference2).adding(1 / 2, times: difference3))
        emit(2, sum.adding(4, times: sum2).adding(1 / 4, times: sum3))
        emit(3, difference.adding(8, times: difference2).adding(1 / 8, times: difference3))
        emit(4, sum.adding(16, times: sum2).adding(1 / 16, times: sum3))
        emit(
            5,
            (loadLane(source + 7 * step) + difference).adding(32, times: difference2)
                .adding(1 / 32, times: difference3))
    }
}
