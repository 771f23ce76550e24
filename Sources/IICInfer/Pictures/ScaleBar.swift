/// A round length on the ground, and how long it is in a picture.
struct ScaleBar: Equatable {
    /// Such as “200 m”.
    let label: String
    /// In pixels.
    let length: Int

    /// The longest of 1, 2 and 5 times a power of ten, from 1 cm to 50,000 km.
    ///
    /// - Parameter most: pixels that it may take.
    /// - Returns: nil if no such length takes at least 10 pixels.
    init?(metresPerPixel: Double, most: Int) {
        guard metresPerPixel.isFinite && metresPerPixel > 0 else { return nil }
        let centimetres = metresPerPixel * 100
        var longest: Int?
        var power = 1
        while power <= 1_000_000_000 {
            for digit in [1, 2, 5] where Double(digit * power) <= centimetres * Double(most) {
                longest = digit * power
            }
            power *= 10
        }
        guard let length = longest else { return nil }
        let pixels = Int((Double(length) / centimetres).rounded())
        guard pixels >= 10 else { return nil }
        self.length = pixels
        label =
            switch length {
            case 100_000...: "\(length / 100_000) km"
            case 100...: "\(length / 100) m"
            default: "\(length) cm"
            }
    }
}
