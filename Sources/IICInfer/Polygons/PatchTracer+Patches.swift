extension PatchTracer {
    /// Finds the patch of each run of pixels: that of the pixels above it, whose patches are joined, or a
    /// new one.
    mutating func assignPatches(_ labels: Span<UInt8>, squareMetres: Double) {
        var start = 0
        while start < width {
            let label = labels[start]
            var end = start + 1
            while end < width && labels[end] == label { end += 1 }
            let id = label == MapWriter.nodata ? -1 : patch(of: start..<end, label: label)
            for column in start..<end { patches[column] = id }
            if id >= 0 {
                slots[Int(id)].pixels += end - start
                slots[Int(id)].squareMetres += Double(end - start) * squareMetres
                slots[Int(id)].row = row
            }
            start = end
        }
        guard hasJoined else { return }
        hasJoined = false
        var (last, lastRoot): (Int32, Int32) = (-1, -1)
        for column in 0..<width where patches[column] >= 0 {
            if patches[column] != last {
                last = patches[column]
                lastRoot = root(last)
            }
            patches[column] = lastRoot
        }
    }

    private mutating func patch(of run: Range<Int>, label: UInt8) -> Int32 {
        var id: Int32 = -1
        var isPart = false
        var last: Int32 = -1
        for column in run where above[column] == label && patchesAbove[column] != last {
            last = patchesAbove[column]
            let other = root(last)
            if slots[Int(other)].isCut {
                slots[Int(other)].isPart = true
                isPart = true
            } else if id < 0 {
                id = other
            } else if id != other {
                join(other, to: id)
            }
        }
        if id < 0 { id = newSlot(label) }
        if isPart { slots[Int(id)].isPart = true }
        return id
    }

    /// The patch that a slot has become a part of.
    mutating func root(_ id: Int32) -> Int32 {
        var id = id
        while slots[Int(id)].parent != id {
            let parent = slots[Int(id)].parent
            let next = slots[Int(parent)].parent
            slots[Int(id)].parent = next
            id = next
        }
        return id
    }

    private mutating func join(_ part: Int32, to id: Int32) {
        let other = slots[Int(part)]
        slots[Int(part)].parent = id
        slots[Int(id)].pixels += other.pixels
        slots[Int(id)].squareMetres += other.squareMetres
        slots[Int(id)].corners += other.corners
        if other.isPart { slots[Int(id)].isPart = true }
        if other.firstNode >= 0 { addRings(other.firstNode, other.lastNode, to: Int(id)) }
        hasJoined = true
    }

    /// Adds closed rings, which hang together, to a patch's.
    mutating func addRings(_ first: Int32, _ last: Int32, to slot: Int) {
        if slots[slot].firstNode < 0 {
            slots[slot].firstNode = first
        } else {
            nodes[Int(slots[slot].lastNode)].next = first
        }
        slots[slot].lastNode = last
    }

    private mutating func newSlot(_ label: UInt8) -> Int32 {
        let id: Int32
        if let free = freeSlots.popLast() {
            id = free
            slots[Int(id)] = Slot(label: label, parent: id, row: row)
        } else {
            id = Int32(slots.count)
            slots.append(Slot(label: label, parent: id, row: row))
        }
        open.append(id)
        return id
    }

    /// Hands out the patches that this row has no pixels of, and forgets what has become a part of
    /// another patch.
    mutating func close(_ emit: (Patch) throws -> Void) throws {
        var kept = 0
        for index in open.indices {
            let id = open[index]
            if slots[Int(id)].parent != id {
                freeSlots.append(id)
            } else if slots[Int(id)].row == row {
                open[kept] = id
                kept += 1
            } else {
                collect(Int(id))
                freeSlots.append(id)
                try emit(patch)
            }
        }
        open.removeLast(open.count - kept)
    }

    /// Makes ``patch`` of a slot, and frees its corners.
    private mutating func collect(_ slot: Int) {
        patch.label = slots[slot].label
        patch.pixels = slots[slot].pixels
        patch.squareMetres = slots[slot].squareMetres
        patch.isPart = slots[slot].isPart
        patch.corners.removeAll(keepingCapacity: true)
        patch.rings.removeAll(keepingCapacity: true)
        used -= slots[slot].corners
        var place = slots[slot].firstNode
        while place >= 0 {
            scratch.begin(&patch)
            var isLast = false
            while !isLast {
                let node = nodes[Int(place)]
                scratch.add(
                    Patch.Corner(
                        x: Int32(bitPattern: node.x & ~Self.flag),
                        y: Int32(bitPattern: node.y & ~Self.flag)),
                    touches: node.x & Self.flag != 0, to: &patch)
                isLast = node.y & Self.flag != 0
                nodes[Int(place)].next = freeNode
                freeNode = place
                place = node.next
            }
            scratch.end(&patch)
        }
        // Of all rings of a patch one is its outer one.
        if let outer = patch.rings.firstIndex(where: { patch.doubleArea($0) > 0 }) {
            patch.rings.swapAt(0, outer)
        }
    }
}
