/// How surfaces reflect red, green, blue and infrared, before texture, shade and noise.
enum Material {
    static let asphalt = SIMD4<Float>(0.40, 0.42, 0.46, 0.31)
    static let paving = SIMD4<Float>(0.43, 0.445, 0.48, 0.33)
    static let roof = SIMD4<Float>(0.54, 0.22, 0.15, 0.36)
    static let grass = SIMD4<Float>(0.47, 0.57, 0.29, 0.80)
    static let crop = SIMD4<Float>(0.475, 0.57, 0.29, 0.80)
    static let crown = SIMD4<Float>(0.19, 0.33, 0.18, 0.58)
    static let soil = SIMD4<Float>(0.63, 0.51, 0.40, 0.64)
    static let water = SIMD4<Float>(0.14, 0.24, 0.30, 0.06)
    /// What shade leaves of the light: the blue of the sky more than the rest.
    static let shade = SIMD4<Float>(0.52, 0.55, 0.62, 0.48)
}
