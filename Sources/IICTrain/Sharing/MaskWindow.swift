import IICKernels

/// The least rectangle around the pixels that count in some image.
struct MaskWindow: Equatable, Sendable {
    private(set) var top: Int
    private(set) var bottom = 0
    private(set) var left: Int
    private(set) var right = 0

    /// - Parameter masks: `(H, W)` each, 0 where a pixel does not count.
    init(of masks: [Buffer<Double>], height: Int, width: Int) {
        (top, left) = (height, width)
        for mask in masks {
            let values = mask.span()
            for y in 0..<height {
                let row = values.extracting(y * width..<(y + 1) * width)
                guard let first = row.indices.first(where: { row[$0] != 0 }),
                    let last = row.indices.last(where: { row[$0] != 0 })
                else { continue }
                (top, bottom) = (min(top, y), max(bottom, y + 1))
                (left, right) = (min(left, first), max(right, last + 1))
            }
        }
    }

    /// Whether no pixel counts.
    var isEmpty: Bool { bottom == 0 }

    /// Widens it by another one of images of the same size.
    mutating func formUnion(_ other: MaskWindow) {
        (top, bottom) = (min(top, other.top), max(bottom, other.bottom))
        (left, right) = (min(left, other.left), max(right, other.right))
    }

    /// As a message.
    var numbers: [Int] {
        get { [top, bottom, left, right] }
        set { (top, bottom, left, right) = (newValue[0], newValue[1], newValue[2], newValue[3]) }
    }

    /// Its rows and columns, at least so many of each.
    func ranges(
        height: Int, width: Int, least: Int
    ) -> (rows: Range<Int>, columns: Range<Int>) {
        func widened(_ first: Int, _ end: Int, within size: Int) -> Range<Int> {
            guard end - first < least else { return first..<end }
            let first = max(0, min(first, size - least))
            return first..<min(size, first + least)
        }
        return (widened(top, bottom, within: height), widened(left, right, within: width))
    }
}
