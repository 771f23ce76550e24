import IICInfer

extension LandPlan {
    /// Gives each field its use, tint and rows.
    mutating func assignUses(random: inout SplitMix64) {
        let visible = visibleAreas()
        let lots = parcels.indices.filter { parcels[$0].use == .lot }
        var trees = 0.03 * lots.reduce(Float(0)) { $0 + visible[$1] } + 0.01
        var soil: Float = 0
        var grass = 0.25 * lots.reduce(Float(0)) { $0 + visible[$1] }
        let fields = parcels.indices.filter { parcels[$0].use != .lot }
            .sorted { regionOf($0) < regionOf($1) }
        for index in fields {
            let area = visible[index]
            if trees + area / 2 < Share.tree {
                parcels[index].use = .wood
                trees += area
            }
        }
        // The largest first, each for what lacks most.
        let open = fields.filter { parcels[$0].use != .wood }
            .sorted { (visible[$0], $0) > (visible[$1], $1) }
        for index in open {
            if Share.soil - soil > Share.grass - grass {
                parcels[index].use = .soil
                soil += visible[index]
            } else {
                parcels[index].use = random.unit() < 0.5 ? .meadow : .crop
                grass += visible[index]
            }
        }
        // Quarters with paved yards beside quarters with gardens.
        let villages = lots.reduce(Float(0)) { $0 + visible[$1] }
        var paved: Float = 0
        for index in lots.sorted(by: { pavedness($0) > pavedness($1) })
        where paved + visible[index] / 2 < 0.4 * villages {
            parcels[index].isPaved = true
            paved += visible[index]
        }
        for index in parcels.indices {
            let light = random.uniform(0.94...1.06)
            let warm = random.uniform(-0.025...0.025)
            parcels[index].tint = SIMD4(
                light * (1 + warm), light, light * (1 - warm),
                light * random.uniform(0.95...1.05))
            parcels[index].alongU =
                parcels[index].u.upperBound - parcels[index].u.lowerBound
                > parcels[index].v.upperBound - parcels[index].v.lowerBound
            parcels[index].rowDistance = random.uniform(4.5...7)
        }
    }

    // MARK: Houses

    /// Puts a house of one or two wings on each lot that is dry.
    mutating func build(random: inout SplitMix64) {
        for parcel in parcels where parcel.use == .lot {
            let width = parcel.u.upperBound - parcel.u.lowerBound
            let height = parcel.v.upperBound - parcel.v.lowerBound
            let middle = SIMD2(
                (parcel.u.lowerBound + parcel.u.upperBound) / 2
                    + random.uniform(-0.05...0.05) * width,
                (parcel.v.lowerBound + parcel.v.upperBound) / 2
                    + random.uniform(-0.05...0.05) * height)
            let alongU = width * random.uniform(0.8...1.2) > height
            let half = SIMD2(
                (alongU ? width : height) * random.uniform(0.37...0.43),
                (alongU ? height : width) * random.uniform(0.33...0.4))
            let light = random.uniform(0.88...1.12)
            let red = random.uniform(0.95...1.06)
            let tint = SIMD4(light * red, light, light, light)
            let shadow = random.uniform(4...7)
            let here = pixel(middle)
            let there = pixel(middle + (alongU ? SIMD2(20, 0) : SIMD2(0, 20))) - here
            let length = (there.x * there.x + there.y * there.y).squareRoot()
            let corners = [SIMD2<Float>(1, 1), SIMD2(1, -1), SIMD2(-1, 1), SIMD2(-1, -1)]
            let dry = corners.allSatisfy { corner in
                let arm = corner * (alongU ? half : SIMD2(half.y, half.x)) * 1.15
                return riverDistance(middle + arm) > riverHalf + 6
            }
            // Some lots are squares and car parks.
            guard dry, min(half.x, half.y) > 5, random.unit() < 0.93 else { continue }
            var roof = Roof(
                x: here.x, y: here.y, ridge: there / length, halfLength: half.x,
                halfWidth: half.y, shadow: shadow, tint: tint)
            if random.unit() < 0.45 {
                // A long house with a wing across it.
                let wing = Roof(
                    x: here.x + roof.ridge.x * half.x * 0.5,
                    y: here.y + roof.ridge.y * half.x * 0.5,
                    ridge: SIMD2(-roof.ridge.y, roof.ridge.x), halfLength: half.y * 1.12,
                    halfWidth: half.x * 0.42, shadow: shadow, tint: tint)
                roof.halfWidth = half.y * 0.78
                roofs.append(wing)
            }
            roofs.append(roof)
        }
    }

    /// The share of the scene that lies under roofs, about.
    func builtShare() -> Float {
        let step = max(4, size / 500)
        let side = size / step
        var built = [Bool](repeating: false, count: side * side)
        for roof in roofs {
            func cells(_ middle: Float) -> ClosedRange<Int>? {
                let first = max(0, Int((middle - roof.reach).rounded(.down)) / step)
                let last = min(side - 1, Int((middle + roof.reach).rounded(.up)) / step)
                return first <= last ? first...last : nil
            }
            guard let rows = cells(roof.y), let columns = cells(roof.x) else { continue }
            for row in rows {
                for column in columns
                where roof.covers(roof.local(Float(column * step), Float(row * step))) {
                    built[row * side + column] = true
                }
            }
        }
        return Float(built.count(where: { $0 })) / Float(built.count)
    }
}
