import IICTrain

/// What Pillow makes of the pixels (200, 30, 77), (5, 250, 128), (90, 90, 91).
enum PillowCases {
    static let all: [(ColourJitter.Change, [SIMD3<Float>])] = [
        (.brightness(0.93), [SIMD3(186, 27, 71), SIMD3(4, 232, 119), SIMD3(83, 83, 84)]),
        (.brightness(1.08), [SIMD3(216, 32, 83), SIMD3(5, 255, 138), SIMD3(97, 97, 98)]),
        (.contrast(0.91), [SIMD3(192, 37, 80), SIMD3(14, 237, 126), SIMD3(92, 92, 92)]),
        (.contrast(1.1), [SIMD3(208, 21, 73), SIMD3(0, 255, 129), SIMD3(87, 87, 88)]),
        (.saturation(0.9), [SIMD3(188, 35, 77), SIMD3(20, 241, 131), SIMD3(90, 90, 90)]),
        (.saturation(1.07), [SIMD3(207, 26, 76), SIMD3(0, 255, 125), SIMD3(90, 90, 91)]),
        (.hue(0.08), [SIMD3(200, 58, 31), SIMD3(6, 250, 241), SIMD3(91, 90, 91)]),
        (.hue(-0.06), [SIMD3(200, 31, 138), SIMD3(6, 250, 40), SIMD3(90, 91, 91)]),
    ]
}
