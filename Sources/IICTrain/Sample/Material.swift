/// How surfaces reflect red, green, blue and infrared, before texture, shade and noise.
enum Material {
    static let asphalt = SIMD4<Float>(0.40, 0.41, 0.43, 0.35)
    static let paving = SIMD4<Float>(0.43, 0.435, 0.45, 0.38)
    static let roof = SIMD4<Float>(0.53, 0.25, 0.18, 0.31)
    static let grass = SIMD4<Float>(0.37, 0.52, 0.26, 0.80)
    static let crop = SIMD4<Float>(0.375, 0.52, 0.26, 0.80)
    static let crown = SIMD4<Float>(0.22, 0.34, 0.19, 0.54)
    static let soil = SIMD4<Float>(0.62, 0.53, 0.41, 0.58)
    static let water = SIMD4<Float>(0.17, 0.25, 0.27, 0.08)
    /// What shade leaves of the light: the blue of the sky more than the rest.
    static let shade = SIMD4<Float>(0.52, 0.55, 0.62, 0.48)
}
