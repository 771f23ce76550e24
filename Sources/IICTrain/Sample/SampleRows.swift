/// Some rows of a synthetic scene: reflectances and truth.
struct SampleRows {
    let width: Int
    let height: Int
    /// `(H, W)` of red, green, blue and infrared, about 0…1.
    var colour: [SIMD4<Float>]
    /// `(H, W)` class numbers.
    var truth: [UInt8]

    /// Passed where the rows themselves would keep their arrays from being changed in place.
    var size: (width: Int, height: Int) { (width, height) }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        colour = Array(repeating: .zero, count: width * height)
        truth = Array(repeating: 0, count: width * height)
    }
}
