/// Paints rows of a planned scene: ground, shadows, roofs, crowns, in this order.
///
/// Every value depends on its place only, so that rows painted apart join without a seam.
struct ScenePainter: Sendable {
    let plan: LandPlan
    let grain: LatticeNoise
    let blotch: LatticeNoise
    let crownNoise: LatticeNoise

    /// Towards the sun, in pixels to the right and down: shadows fall to the upper left.
    static let sun = SIMD2<Float>(0.53, 0.85)
    /// One crown at most grows in each cell of this many pixels.
    static let crownCell = 9
    static let crownReach = 16

    init(plan: LandPlan, seed: UInt64) {
        self.plan = plan
        grain = LatticeNoise(seed: seed, layer: 11)
        blotch = LatticeNoise(seed: seed, layer: 12)
        crownNoise = LatticeNoise(seed: seed, layer: 13)
    }

    /// The rows whose upper left pixel is (`left`, `top`); they may reach beyond the scene.
    func paint(left: Int, top: Int, width: Int, height: Int) -> SampleRows {
        var rows = SampleRows(width: width, height: height)
        paintGround(&rows, left: left, top: top)
        let trees = crowns(left: left, top: top, width: width, height: height)
        shade(&rows, left: left, top: top, trees: trees)
        for roof in roofs(left: left, top: top, width: width, height: height) {
            paint(roof, &rows, left: left, top: top)
        }
        paint(trees, &rows, left: left, top: top)
        return rows
    }

    // MARK: Ground

    private func paintGround(_ rows: inout SampleRows, left: Int, top: Int) {
        for row in 0..<rows.height {
            for column in 0..<rows.width {
                let x = left + column
                let y = top + row
                let place = plan.frame(Float(x), Float(y))
                let (colour, label) = ground(x, y, place)
                rows.colour[row * rows.width + column] = colour
                rows.truth[row * rows.width + column] = label.rawValue
            }
        }
    }

    private func ground(_ x: Int, _ y: Int, _ place: SIMD2<Float>) -> (SIMD4<Float>, SampleClass) {
        let fx = Float(x)
        let fy = Float(y)
        switch plan.ground(place) {
        case .water(let depth):
            let ripple =
                blotch.smooth(place.x, place.y * 2.2, wavelength: 5)
                + 0.7 * blotch.smooth(fx * 1.6, fy, wavelength: 2.4)
            let shallow = max(0, 0.22 - depth) * 1.1
            let glint: Float = grain.unit(x, y) > 0.985 ? 0.22 : 0
            return (
                Material.water * (1 + 0.3 * ripple) + SIMD4(repeating: shallow * 0.3 + glint)
                    + SIMD4(repeating: 0.02 * ripple), .water
            )
        case .road(let offset, let half, let along):
            var light = 1 + 0.14 * blotch.smooth(fx, fy, wavelength: 18)
            light += 0.2 * blotch.smooth(fx, fy, wavelength: 2.2)
            // Worn wheel tracks, and a dashed line in the middle of wide roads.
            light += 0.05 * triangle(offset / 4.5)
            let dashed = half > 11 * plan.roadScale && abs(offset) < 1 && triangle(along / 18) > 0
            return (Material.asphalt * light + SIMD4(repeating: dashed ? 0.3 : 0), .impervious)
        case .bank:
            return (meadow(fx, fy, tint: SIMD4(repeating: 0.95)), .lowVegetation)
        case .parcel(let index):
            let parcel = plan.parcels[index]
            return field(parcel, fx, fy, place)
        }
    }

    private func field(
        _ parcel: LandParcel, _ x: Float, _ y: Float, _ place: SIMD2<Float>
    ) -> (SIMD4<Float>, SampleClass) {
        let across = parcel.alongU ? place.y : place.x
        switch parcel.use {
        case .lot:
            guard parcel.isPaved else {
                return (meadow(x, y, tint: parcel.tint), .lowVegetation)
            }
            var light = 1 + 0.1 * blotch.smooth(x, y, wavelength: 14)
            light += 0.2 * blotch.smooth(x, y, wavelength: 2.2)
            // Joints between slabs.
            if triangle(place.x / 12) > 0.86 || triangle(place.y / 12) > 0.86 { light -= 0.1 }
            return (Material.paving * parcel.tint * light, .impervious)
        case .wood:
            // The floor between crowns lies in their shade.
            let light = 0.42 + 0.14 * blotch.smooth(x, y, wavelength: 3)
            return (Material.crown * light, .tree)
        case .meadow:
            return (meadow(x, y, tint: parcel.tint), .lowVegetation)
        case .crop:
            var light = 1 + 0.12 * triangle(across / parcel.rowDistance * 1.3)
            light += 0.05 * blotch.smooth(x, y, wavelength: 26)
            light += 0.17 * blotch.smooth(x, y, wavelength: 2.1)
            // Tramlines of the tractor.
            let tram = triangle(across / 52)
            if abs(tram - 0.86) < 0.05 { light -= 0.2 }
            return (Material.crop * parcel.tint * light, .lowVegetation)
        case .soil:
            var light = 1 + 0.2 * triangle(across / parcel.rowDistance)
            light += 0.07 * blotch.smooth(x, y, wavelength: 34)
            light += 0.26 * blotch.smooth(x, y, wavelength: 2.3)
            return (Material.soil * parcel.tint * light, .bareSoil)
        }
    }

    private func meadow(_ x: Float, _ y: Float, tint: SIMD4<Float>) -> SIMD4<Float> {
        var light = 1 + 0.07 * blotch.smooth(x + 500, y, wavelength: 22)
        light += 0.18 * blotch.smooth(x, y, wavelength: 2.4)
        return Material.grass * tint * light
    }

    // MARK: Roofs

    func roofs(left: Int, top: Int, width: Int, height: Int) -> [Roof] {
        plan.roofs.filter { roof in
            roof.x + roof.reach > Float(left) && roof.x - roof.reach < Float(left + width)
                && roof.y + roof.reach > Float(top) && roof.y - roof.reach < Float(top + height)
        }
    }

    private func paint(_ roof: Roof, _ rows: inout SampleRows, left: Int, top: Int) {
        // Light of the four faces: the dot product of their slope with the sun.
        let across = SIMD2(-roof.ridge.y, roof.ridge.x)
        let side = across.x * Self.sun.x + across.y * Self.sun.y
        let end = roof.ridge.x * Self.sun.x + roof.ridge.y * Self.sun.y
        eachPixel(of: roof, in: rows.size, left: left, top: top) { index, x, y in
            let place = roof.local(Float(x), Float(y))
            guard roof.covers(place) else { return }
            let toEnd = roof.halfLength - abs(place.x)
            let toEave = roof.halfWidth - abs(place.y)
            let hipped = toEnd < toEave
            let face: Float =
                hipped ? (place.x < 0 ? -end : end) : (place.y < 0 ? -side : side)
            var light = 1 + 0.13 * face
            light += 0.13 * triangle((hipped ? place.x : place.y) / 3.2)
            light += 0.2 * blotch.smooth(place.x + roof.x * 3, place.y * 1.5, wavelength: 2.4)
            if abs(toEnd - toEave) < 0.8 || (!hipped && abs(place.y) < 0.8) { light += 0.14 }
            rows.colour[index] = Material.roof * roof.tint * light
            rows.truth[index] = SampleClass.building.rawValue
        }
    }

    /// Calls `body` with index and place of each pixel of the rows near the roof.
    func eachPixel(
        of roof: Roof, in size: (width: Int, height: Int), left: Int, top: Int,
        body: (Int, Int, Int) -> Void
    ) {
        let (width, height) = size
        let rows =
            max(
                0, Int(roof.y - roof.reach) - top)..<max(
                max(0, Int(roof.y - roof.reach) - top),
                min(height, Int(roof.y + roof.reach) + 2 - top))
        let columns =
            max(
                0, Int(roof.x - roof.reach) - left)..<max(
                max(0, Int(roof.x - roof.reach) - left),
                min(width, Int(roof.x + roof.reach) + 2 - left))
        for row in rows {
            for column in columns { body(row * width + column, left + column, top + row) }
        }
    }
}
