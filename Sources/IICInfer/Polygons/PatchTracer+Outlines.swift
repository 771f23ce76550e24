/// Outlines at the corners between two rows.
///
/// Four borders between pixels meet at a corner, counted with the clock; each has a patch on either side
/// or joins two pixels of one. The pixels around the corner fall into sectors between two borders that
/// are there, and a sector's outline comes in by the second one and goes out by the first:
///
///          0 up
///        D  |  A
///  3 left --+-- 1 right
///        C  |  B
///         2 down
///
/// The borders up and left were there before, and arcs end at them; those right and down are new.
extension PatchTracer {
    /// Goes along the corners above a row of labels.
    mutating func trace(_ labels: Span<UInt8>) {
        let nodata = MapWriter.nodata
        var (d, c) = (nodata, nodata)
        var left = false
        for column in 0...width {
            let a = column < width ? above[column] : nodata
            let b = column < width ? labels[column] : nodata
            let right = a != b || hasCuts && column < width && isCut(column)
            let (up, down) = (d != a, c != b)
            if up || right || down || left {
                let borders = (up ? 1 : 0) | (right ? 2 : 0) | (down ? 4 : 0) | (left ? 8 : 0)
                turn(at: column, around: SIMD4(a, b, c, d), borders: borders)
            }
            (d, c, left) = (a, b, right)
        }
    }

    /// Whether the patch above a pixel is to be cut there.
    private func isCut(_ column: Int) -> Bool {
        patchesAbove[column] >= 0 && slots[Int(patchesAbove[column])].isCut
    }

    /// Leads the outline of each sector around a corner on.
    ///
    /// - Parameters:
    ///   - around: the labels of A, B, C, D.
    ///   - borders: a bit for each that is there.
    private mutating func turn(at column: Int, around: SIMD4<UInt8>, borders: Int) {
        // Where arcs end at each border: below, places of this row and of the next one alternate.
        let rows = 2 * (width + 1)
        let between = 2 * rows
        let places = SIMD4(
            row % 2 * rows + 2 * column, between + 2 * (column % 2),
            (row + 1) % 2 * rows + 2 * column, between + 2 * ((column + 1) % 2))
        for out in 0..<4 where borders & 1 << out != 0 && around[out] != MapWriter.nodata {
            var into = (out + 1) % 4
            while borders & 1 << into == 0 { into = (into + 1) % 4 }
            let isOldIn = into == 0 || into == 3
            let isOldOut = out == 0 || out == 3
            // At an old border, what goes down or right ends, and what comes from there begins.
            let end = places[into] + (isOldIn ? 0 : 1)
            let start = places[out] + (isOldOut ? 1 : 0)
            var node: Int32 = -1
            // Straight on there is no corner.
            if (into + out) % 2 != 0 {
                let touches = borders == 15 && around[out] == around[(out + 2) % 4]
                node = newNode(column, touches: touches, sector: out)
            }
            switch (isOldIn, isOldOut) {
            case (true, false): goOn(from: end, to: start, node)
            case (false, true): goBack(from: start, to: end, node)
            case (false, false):
                ends[start] = End(node: node, partner: Int32(end))
                ends[end] = End(node: node, partner: Int32(start))
            case (true, true):
                meet(end, start, node, slot: Int(patchOfSector(out, column)))
            }
        }
    }

    /// An arc's last end moves on.
    private mutating func goOn(from old: Int, to new: Int, _ node: Int32) {
        let end = ends[old]
        if node >= 0 { nodes[Int(end.node)].next = node }
        ends[new] = End(node: node >= 0 ? node : end.node, partner: end.partner)
        ends[Int(end.partner)].partner = Int32(new)
    }

    /// An arc's first end moves on.
    private mutating func goBack(from old: Int, to new: Int, _ node: Int32) {
        let end = ends[old]
        if node >= 0 { nodes[Int(node)].next = end.node }
        ends[new] = End(node: node >= 0 ? node : end.node, partner: end.partner)
        ends[Int(end.partner)].partner = Int32(new)
    }

    /// The arc that ends at one place meets the one that begins at another: they become one, or the one
    /// that both are becomes a ring.
    private mutating func meet(_ end: Int, _ start: Int, _ node: Int32, slot: Int) {
        let (last, first) = (ends[end], ends[start])
        nodes[Int(last.node)].next = node
        if Int(last.partner) == start {
            nodes[Int(node)].y |= Self.flag
            addRings(first.node, node, to: slot)
        } else {
            nodes[Int(node)].next = first.node
            ends[Int(last.partner)].partner = first.partner
            ends[Int(first.partner)].partner = last.partner
        }
    }

    /// The patch of the pixels that follow a border with the clock.
    private mutating func patchOfSector(_ border: Int, _ column: Int) -> Int32 {
        switch border {
        case 0: root(patchesAbove[column])
        case 1: patches[column]
        case 2: patches[column - 1]
        default: root(patchesAbove[column - 1])
        }
    }

    private mutating func newNode(_ column: Int, touches: Bool, sector: Int) -> Int32 {
        let node = Node(
            x: UInt32(column) | (touches ? Self.flag : 0), y: UInt32(row), next: -1)
        let place: Int32
        if freeNode >= 0 {
            place = freeNode
            freeNode = nodes[Int(place)].next
            nodes[Int(place)] = node
        } else {
            place = Int32(nodes.count)
            nodes.append(node)
        }
        used += 1
        slots[Int(patchOfSector(sector, column))].corners += 1
        return place
    }
}
