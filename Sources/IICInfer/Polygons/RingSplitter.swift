/// Splits rings that come to a corner twice.
///
/// Where two pixels of a patch touch by a corner only, its outline may pass that corner twice, and a ring
/// that meets itself is no valid one. It is two rings that touch there. Since the patch hangs together by
/// the sides of pixels, what an outline does between two visits of one corner it does not mix with what
/// it does between those of another, so that corners may be split in any order.
struct RingSplitter {
    /// Bytes for each corner of a patch that is handed out, with those of the patch itself.
    static let bytesPerCorner = 2 * MemoryLayout<Patch.Corner>.stride + 2 * 4

    /// Where the ring in hand begins among the patch's corners.
    private var start = 0
    /// Its corners, from 0, at which the patch touches itself.
    private var touching: [Int32] = []
    /// Which corner follows each; -1 once it has been taken.
    private var next: [Int32] = []
    private var corners: [Patch.Corner] = []

    /// Begins a ring of `patch`.
    mutating func begin(_ patch: inout Patch) {
        start = patch.corners.count
        touching.removeAll(keepingCapacity: true)
    }

    /// - Parameter touches: whether the ring may come here twice.
    mutating func add(_ corner: Patch.Corner, touches: Bool, to patch: inout Patch) {
        if touches { touching.append(Int32(patch.corners.count - start)) }
        patch.corners.append(corner)
    }

    /// Ends the ring, or makes several of it.
    mutating func end(_ patch: inout Patch) {
        guard touching.count > 1, findPairs(patch) else {
            patch.rings.append(start..<patch.corners.count)
            return
        }
        corners.removeAll(keepingCapacity: true)
        corners.append(contentsOf: patch.corners[start...])
        patch.corners.removeLast(corners.count)
        for first in corners.indices where next[first] >= 0 {
            let begin = patch.corners.count
            var place = first
            while next[place] >= 0 {
                patch.corners.append(corners[place])
                let following = Int(next[place])
                next[place] = -1
                place = following
            }
            patch.rings.append(begin..<patch.corners.count)
        }
    }

    /// Crosses over at each corner that comes twice; false if there is none.
    private mutating func findPairs(_ patch: Patch) -> Bool {
        let (start, ring) = (start, patch.corners)
        touching.sort { one, other in
            let (a, b) = (ring[start + Int(one)], ring[start + Int(other)])
            return a == b ? one < other : a < b
        }
        var hasPairs = false
        for index in touching.indices.dropFirst() {
            let (one, other) = (Int(touching[index - 1]), Int(touching[index]))
            guard ring[start + one] == ring[start + other] else { continue }
            if !hasPairs {
                let count = ring.count - start
                next.removeAll(keepingCapacity: true)
                for place in 1...count { next.append(Int32(place == count ? 0 : place)) }
                hasPairs = true
            }
            next.swapAt(one, other)
        }
        return hasPairs
    }
}
