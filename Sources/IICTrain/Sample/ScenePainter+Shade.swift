/// A tree's crown, seen from above.
struct Crown: Sendable {
    var x: Float
    var y: Float
    var radius: Float
    var tint: SIMD4<Float>
}

extension ScenePainter {
    /// The crowns whose leaves or shadow may reach the window: in woods everywhere, in gardens and
    /// on meadows here and there.
    func crowns(left: Int, top: Int, width: Int, height: Int) -> [Crown] {
        let near = roofs(
            left: left - Self.crownReach, top: top - Self.crownReach,
            width: width + 2 * Self.crownReach, height: height + 2 * Self.crownReach)
        var list: [Crown] = []
        let cell = Self.crownCell
        let firstRow = floorDivide(top - Self.crownReach, cell)
        let lastRow = floorDivide(top + height + Self.crownReach, cell)
        let firstColumn = floorDivide(left - Self.crownReach, cell)
        let lastColumn = floorDivide(left + width + Self.crownReach, cell)
        for row in firstRow...lastRow {
            for column in firstColumn...lastColumn {
                let x = (Float(column) + crownNoise.unit(column, row)) * Float(cell)
                let y = (Float(row) + crownNoise.unit(column + 70_001, row)) * Float(cell)
                let place = plan.frame(x, y)
                let chance = crownChance(place)
                guard chance > 0, crownNoise.unit(column, row + 80_001) < chance else { continue }
                guard !near.contains(where: { $0.covers($0.local(x, y)) }) else { continue }
                let light = 0.88 + 0.24 * crownNoise.unit(column + 50_001, row + 9)
                let warm = 0.05 * crownNoise.unit(column, row + 60_001)
                list.append(
                    Crown(
                        x: x, y: y, radius: 4.6 + 3.6 * crownNoise.unit(column + 31, row + 47),
                        tint: SIMD4(light + warm, light, light - warm, light)))
            }
        }
        return list
    }

    private func crownChance(_ place: SIMD2<Float>) -> Float {
        switch plan.ground(place) {
        case .water, .road: return 0
        case .bank: return blotch.smooth(place.x, place.y, wavelength: 60) > 0.25 ? 0.5 : 0
        case .parcel(let index):
            let parcel = plan.parcels[index]
            switch parcel.use {
            case .wood: return 1
            case .crop, .soil: return 0
            case .meadow: return 0.012
            case .lot:
                return parcel.isPaved ? 0.004 : 0.04
            }
        }
    }

    /// Darkens the ground where roofs and crowns cast their shadow.
    func shade(_ rows: inout SampleRows, left: Int, top: Int, trees: [Crown]) {
        var shaded = [Bool](repeating: false, count: rows.width * rows.height)
        for roof in roofs(left: left, top: top, width: rows.width, height: rows.height) {
            eachPixel(of: roof, in: rows.size, left: left, top: top) { index, x, y in
                for step in 1...3 {
                    let way = Self.sun * (roof.shadow * Float(step) / 3)
                    if roof.covers(roof.local(Float(x) + way.x, Float(y) + way.y)) {
                        shaded[index] = true
                    }
                }
            }
        }
        for crown in trees {
            let middle = SIMD2(crown.x, crown.y) - Self.sun * 4
            eachPixel(
                around: middle, radius: crown.radius, in: rows.size, left: left, top: top
            ) { index, dx, dy in
                if dx * dx + dy * dy < crown.radius * crown.radius { shaded[index] = true }
            }
        }
        for index in shaded.indices
        where shaded[index] && rows.truth[index] != SampleClass.tree.rawValue
            && rows.truth[index] != SampleClass.water.rawValue
        {
            rows.colour[index] *= Material.shade
        }
    }

    /// Paints crowns as lit half spheres; where two meet, the higher one is seen.
    func paint(_ trees: [Crown], _ rows: inout SampleRows, left: Int, top: Int) {
        var heights = [Float](repeating: 0, count: rows.width * rows.height)
        for crown in trees {
            eachPixel(
                around: SIMD2(crown.x, crown.y), radius: crown.radius, in: rows.size, left: left,
                top: top
            ) { index, dx, dy in
                let ragged =
                    0.82 + 0.18
                    * blotch.smooth(
                        crown.x * 7 + dx, crown.y * 7 + dy, wavelength: 3)
                let reach = crown.radius * ragged
                let squared = (dx * dx + dy * dy) / (reach * reach)
                guard squared < 1 else { return }
                let up = (1 - squared).squareRoot()
                let height = up * crown.radius
                guard height > heights[index] else { return }
                heights[index] = height
                let slope = (dx * Self.sun.x + dy * Self.sun.y) / reach
                let leaves = blotch.smooth(crown.x + dx, crown.y + dy + 300, wavelength: 1.8)
                let light = 0.6 + 0.42 * up + 0.42 * slope + 0.3 * leaves
                rows.colour[index] = Material.crown * crown.tint * max(0.25, light)
                rows.truth[index] = SampleClass.tree.rawValue
            }
        }
    }

    private func eachPixel(
        around middle: SIMD2<Float>, radius: Float, in size: (width: Int, height: Int), left: Int,
        top: Int,
        body: (Int, Float, Float) -> Void
    ) {
        let (width, height) = size
        let firstRow = max(0, Int((middle.y - radius).rounded(.down)) - top)
        let lastRow = min(height - 1, Int((middle.y + radius).rounded(.up)) - top)
        let firstColumn = max(0, Int((middle.x - radius).rounded(.down)) - left)
        let lastColumn = min(width - 1, Int((middle.x + radius).rounded(.up)) - left)
        guard firstRow <= lastRow, firstColumn <= lastColumn else { return }
        for row in firstRow...lastRow {
            for column in firstColumn...lastColumn {
                body(
                    row * width + column, Float(left + column) - middle.x,
                    Float(top + row) - middle.y)
            }
        }
    }

    private func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        let quotient = value / divisor
        return value < quotient * divisor ? quotient - 1 : quotient
    }
}
