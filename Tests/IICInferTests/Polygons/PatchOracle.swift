@testable import IICInfer

/// What patches and their polygons must be, by plain loops over pixels.
enum PatchOracle {
    /// Pixels that hang together by their sides with each other's, by class, from plain flood fill:
    /// the number of each pixel's group, -1 without data.
    static func groups(_ labels: [UInt8], width: Int) -> [Int] {
        var result = [Int](repeating: -1, count: labels.count)
        var count = 0
        for start in labels.indices where labels[start] != 255 && result[start] < 0 {
            var waiting = [start]
            result[start] = count
            while let pixel = waiting.popLast() {
                var near = [pixel - width, pixel + width]
                if pixel % width > 0 { near.append(pixel - 1) }
                if pixel % width < width - 1 { near.append(pixel + 1) }
                for other in near where labels.indices.contains(other) {
                    if result[other] < 0 && labels[other] == labels[start] {
                        result[other] = count
                        waiting.append(other)
                    }
                }
            }
            count += 1
        }
        return result
    }

    /// The pixels inside of a patch by its rings alone, by the even-odd rule.
    static func inside(_ patch: Patch, width: Int, height: Int) -> [Bool] {
        var result = [Bool](repeating: false, count: width * height)
        for ring in patch.rings {
            for (index, corner) in patch.corners[ring].enumerated() {
                let next = patch.corners[ring.lowerBound + (index + 1) % ring.count]
                guard corner.x == next.x else { continue }
                for row in min(corner.y, next.y)..<max(corner.y, next.y) {
                    for column in Int(corner.x)..<width {
                        result[Int(row) * width + column].toggle()
                    }
                }
            }
        }
        return result
    }

    /// What simple features ask of a polygon, and what this one says of itself: what is wrong, or nil.
    static func problem(of patch: Patch, pixels: [Bool], width: Int) -> String? {
        let count = pixels.count { $0 }
        guard patch.pixels == count else { return "\(patch.pixels) of \(count) pixels" }
        let rows = pixels.indices.reduce(0) { $0 + (pixels[$1] ? $1 / width + 1 : 0) }
        guard patch.squareMetres == Double(rows) else { return "\(patch.squareMetres) m²" }
        let area = patch.rings.reduce(0) { $0 + patch.doubleArea($1) }
        guard area == 2 * count else { return "an area of \(area) half pixels" }
        for (index, ring) in patch.rings.enumerated() {
            let corners = Array(patch.corners[ring])
            guard corners.count >= 4, Set(corners).count == corners.count else {
                return "a ring that meets itself: \(corners)"
            }
            guard (patch.doubleArea(ring) > 0) == (index == 0) else {
                return "ring \(index) goes the wrong way round"
            }
            for place in corners.indices {
                let corner = corners[place]
                let next = corners[(place + 1) % corners.count]
                let last = corners[(place + corners.count - 1) % corners.count]
                guard (corner.x == next.x) != (corner.y == next.y),
                    (corner.x == next.x) == (corner.y == last.y)
                else { return "no turn at \(corner)" }
            }
            for other in patch.rings.dropFirst(index + 1) {
                guard Set(corners).intersection(patch.corners[other]).count <= 1 else {
                    return "two rings that share more than a corner"
                }
            }
        }
        return nil
    }
}
