/// One axis of a preview: which pixels of the map each of its pixels is made from.
struct PreviewAxis {
    /// Samples that one pixel of the picture takes along each axis, at most.
    private static let samples = 3

    /// Pixels of the picture.
    let length: Int
    /// Samples of each of them.
    let each: Int
    /// The map's pixel that each sample is, in order.
    let places: [Int]

    private init(_ length: Int, of size: Int) {
        self.length = length
        each = min(Self.samples, max(1, (size + length - 1) / length))
        let total = length * each
        places = (0..<total).map { min(size - 1, (2 * $0 + 1) * size / (2 * total)) }
    }

    /// Columns and rows of the picture of a map of this size.
    static func both(width: Int, height: Int) -> (PreviewAxis, PreviewAxis) {
        let side = max(width, height)
        let longest = PreviewPicture.longestSide
        let times = max(1, longest / 2 / side)
        func length(_ size: Int) -> Int {
            guard side > longest else { return size * times }
            return max(1, Int((Double(size) * Double(longest) / Double(side)).rounded()))
        }
        return (PreviewAxis(length(width), of: width), PreviewAxis(length(height), of: height))
    }

    /// The samples that lie in some of the map's pixels.
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
