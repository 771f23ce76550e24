/// Which pixels of a scene each pixel of the scaled one covers, along one axis.
struct AxisSampling {
    /// Pixels of the scene.
    let length: Int
    /// Whole pixels of the scaled scene.
    let count: Int
    /// Pixels of the scene that one of the scaled one is wide.
    let step: Double

    /// - Precondition: `scale` lies above 0 and is at most 1.
    init(length: Int, scale: Double) {
        precondition(scale > 0 && scale <= 1, "\(scale)")
        self.length = length
        step = 1 / scale
        // 6000 × 0.1 must not be 599.
        count = Int((Double(length) * scale + 1e-9).rounded(.down))
    }

    /// The scene's pixels that some scaled ones touch.
    func source(of pixels: Range<Int>) -> Range<Int> {
        let end = (Double(pixels.upperBound) * step - 1e-9).rounded(.up)
        return nearest(
            pixels.lowerBound)..<min(length, max(Int(end), nearest(pixels.lowerBound) + 1))
    }

    /// The one that stands for all where values cannot be averaged: the first, as in OpenCV's
    /// `INTER_NEAREST`, which the IIC authors use.
    func nearest(_ pixel: Int) -> Int {
        min(length - 1, Int((Double(pixel) * step + 1e-9).rounded(.down)))
    }

    /// How much of each of the scene's pixels lies in a scaled one: from the first of ``source(of:)``.
    func weights(_ pixel: Int) -> [Double] {
        let (begin, end) = (Double(pixel) * step, Double(pixel + 1) * step)
        return source(of: pixel..<pixel + 1).map { index in
            min(end, Double(index + 1)) - max(begin, Double(index))
        }
    }
}
