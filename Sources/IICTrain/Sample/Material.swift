/// How surfaces reflect red, green, blue and infrared, before texture, shade and noise.
enum Material {
    static let asphalt = SIMD4<Float>(0.44, 0.44, 0.45, 0.41)
    static let paving = SIMD4<Float>(0.49, 0.48, 0.47, 0.44)
    static let roof = SIMD4<Float>(0.65, 0.30, 0.21, 0.42)
    static let grass = SIMD4<Float>(0.35, 0.47, 0.27, 0.70)
    static let crop = SIMD4<Float>(0.36, 0.475, 0.27, 0.71)
    static let crown = SIMD4<Float>(0.255, 0.375, 0.212, 0.64)
    static let soil = SIMD4<Float>(0.55, 0.475, 0.39, 0.54)
    static let water = SIMD4<Float>(0.17, 0.25, 0.27, 0.08)
    /// What shade leaves of the light: the blue of the sky more than the rest.
    static let shade = SIMD4<Float>(0.52, 0.55, 0.62, 0.48)
}
