/// One axis of a small picture of a raster, and where the samples lie that it is drawn from.
struct PictureAxis: Sendable {
    /// Samples that one pixel of a picture takes along an axis, at most.
    private static let samples = 3

    /// Pixels of the picture.
    let length: Int
    /// Samples of each of them.
    let each: Int
    /// The raster's column or row that each sample is, in order.
    let places: [Int]

    /// Columns and rows of a picture of which no side is longer than `longest` pixels.
    static func both(
        width: Int, height: Int, longest: Int
    ) -> (columns: PictureAxis, rows: PictureAxis) {
        let side = max(width, height)
        func axis(_ size: Int) -> PictureAxis {
            let scaled = (Double(size) * Double(longest) / Double(side)).rounded()
            return PictureAxis(side > longest ? max(1, Int(scaled)) : size, of: size)
        }
        return (axis(width), axis(height))
    }

    private init(_ length: Int, of size: Int) {
        self.length = length
        each = min(Self.samples, (size + length - 1) / length)
        let total = length * each
        places = (0..<total).map { (2 * $0 + 1) * size / (2 * total) }
    }

    /// The samples that lie in some of the raster's columns or rows.
    func samples(in range: Range<Int>) -> Range<Int> {
        first(at: range.lowerBound)..<first(at: range.upperBound)
    }

    private func first(at place: Int) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
