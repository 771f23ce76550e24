/// A patch of one class: pixels that hang together by their sides, with its outline.
struct Patch {
    /// A corner of pixels, counted from the map's upper left one: columns to the right of it, and rows
    /// below it.
    struct Corner: Hashable, Comparable {
        var x: Int32
        var y: Int32

        static func < (one: Corner, other: Corner) -> Bool {
            one.y == other.y ? one.x < other.x : one.y < other.y
        }
    }

    var label: UInt8 = 0
    var pixels = 0
    /// The sum of its rows' areas, in m².
    var squareMetres = 0.0
    /// Whether it is a part of a patch that was cut.
    var isPart = false
    /// The corners of all rings, one ring after another; where a ring goes straight on there is none.
    var corners: [Corner] = []
    /// The outer ring first, then holes. Rings are open: the first corner follows the last. No ring
    /// meets itself, and two rings have at most one corner in common. The patch lies to the right of
    /// them all, as one sees a map whose rows go down.
    var rings: [Range<Int>] = []

    /// Twice the area of a ring, in pixels; below 0 for a hole.
    func doubleArea(_ ring: Range<Int>) -> Int {
        var sum = 0
        guard var last = corners[ring].last else { return 0 }
        for corner in corners[ring] {
            sum += Int(last.x) * Int(corner.y) - Int(corner.x) * Int(last.y)
            last = corner
        }
        return sum
    }
}
