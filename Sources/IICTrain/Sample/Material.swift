/// How surfaces reflect red, green, blue and infrared, before texture, shade and noise.
enum Material {
    static let asphalt = SIMD4<Float>(0.44, 0.44, 0.45, 0.41)
    static let paving = SIMD4<Float>(0.49, 0.48, 0.47, 0.44)
    static let roof = SIMD4<Float>(0.65, 0.30, 0.21, 0.42)
    static let grass = SIMD4<Float>(0.40, 0.51, 0.29, 0.76)
    static let crop = SIMD4<Float>(0.41, 0.51, 0.29, 0.76)
    static let crown = SIMD4<Float>(0.22, 0.34, 0.19, 0.54)
    static let soil = SIMD4<Float>(0.55, 0.475, 0.39, 0.54)
    static let water = SIMD4<Float>(0.17, 0.25, 0.27, 0.08)
    /// What shade leaves of the light: the blue of the sky more than the rest.
    static let shade = SIMD4<Float>(0.52, 0.55, 0.62, 0.48)
}
