import IICInfer

/// What lies where in a synthetic scene: a river, roads that split the land into blocks, blocks
/// split into lots and fields. Everything is fixed by size and seed.
///
/// Coordinates u and v are x and y turned by a random angle and gently bent, so that roads curve.
struct LandPlan: Sendable {
    /// Where a pixel lies.
    enum Ground: Sendable {
        /// `depth` 0 at the bank, 1 in the middle.
        case water(depth: Float)
        /// `offset`: pixels from the middle of the road, which is `half` wide to each side.
        case road(offset: Float, half: Float, along: Float)
        case bank
        case parcel(Int)
    }

    private struct Node {
        var splitsU = true
        var at: Float = 0
        var halfRoad: Float = 0
        /// Whether the road crosses the river from bank to bank.
        var bridges = false
        var low = -1
        var high = -1
        var parcel = -1
    }

    /// Shares of the scene that the plan aims at.
    enum Share {
        static let water: Float = 0.145
        static let building: Float = 0.16
        static let tree: Float = 0.19
        static let soil: Float = 0.17
        static let grass: Float = 0.18
    }

    let size: Int
    var parcels: [LandParcel] = []
    var roofs: [Roof] = []
    private var nodes: [Node] = []
    /// Width of roads in parts of the usual; their share would be too large in a small scene.
    let roadScale: Float
    private let axis: SIMD2<Float>
    private let bend: LatticeNoise
    private let meander: LatticeNoise
    private let regions: LatticeNoise
    private let reach: Float
    private let riverSpacing: Float
    private let riverOffset: Float
    private(set) var riverHalf: Float = 0

    init(size: Int, seed: UInt64) {
        self.size = size
        roadScale = max(0.5, min(1, Float(size) / 1000))
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x51CE))
        bend = LatticeNoise(seed: seed, layer: 1)
        meander = LatticeNoise(seed: seed, layer: 2)
        regions = LatticeNoise(seed: seed, layer: 3)
        // A slope rather than an angle: square roots are exact everywhere, cosines are not.
        let slope = random.uniform(-0.9...0.9)
        let length = (1 + slope * slope).squareRoot()
        axis = SIMD2(1 / length, slope / length)
        reach = Float(size) * 0.75 + 60
        let rivers = max(1, (Float(size) / 1100).rounded())
        riverSpacing = Float(size) / rivers
        riverOffset = random.uniform(-0.22...0.22) * riverSpacing
        riverHalf = riverHalfWidth()
        var target = Share.building
        for _ in 0..<4 {
            layOut(target, random: random)
            // Lots by the water stay empty: where that leaves too few houses, plan for more.
            let built = builtShare()
            guard built < 0.105 else { break }
            target += 0.13 - built
        }
    }

    /// Plans roads, fields and houses anew, for houses on about `building` of the scene.
    private mutating func layOut(_ building: Float, random: SplitMix64) {
        var random = random
        parcels = []
        roofs = []
        nodes = [Node()]
        var blocks: [(node: Int, parcel: LandParcel)] = []
        let whole = LandParcel(u: -reach...reach, v: -reach...reach)
        // Small scenes have small blocks, or one village would be all there is.
        let block = min(340, 0.34 * Float(size))
        split(
            0, whole, roadsDownTo: 1.24 * block, to: block, bridging: true, random: &random
        ) { blocks.append(($0, $1)) }
        divide(blocks, building: building, random: &random)
        assignUses(random: &random)
        build(random: &random)
    }

    /// The plan's coordinates of a pixel.
    func frame(_ x: Float, _ y: Float) -> SIMD2<Float> {
        let dx = x - Float(size) / 2
        let dy = y - Float(size) / 2
        return SIMD2(
            dx * axis.x + dy * axis.y + 15 * bend.smooth(x, y, wavelength: 230),
            dy * axis.x - dx * axis.y + 15 * bend.smooth(x + 7777, y, wavelength: 230))
    }

    /// The pixel of a place in the plan's coordinates.
    func pixel(_ place: SIMD2<Float>) -> SIMD2<Float> {
        var guess = place
        var result = SIMD2<Float>(0, 0)
        // The bend is gentle (slope below 0.3), so that stepping back by the miss converges.
        for _ in 0..<8 {
            result = SIMD2(
                guess.x * axis.x - guess.y * axis.y + Float(size) / 2,
                guess.x * axis.y + guess.y * axis.x + Float(size) / 2)
            guess += place - frame(result.x, result.y)
        }
        return result
    }

    /// Where the pixel whose plan coordinates are `place` lies.
    func ground(_ place: SIMD2<Float>) -> Ground {
        let river = riverDistance(place)
        var index = 0
        while nodes[index].parcel < 0 {
            let node = nodes[index]
            let offset = (node.splitsU ? place.x : place.y) - node.at
            if abs(offset) < node.halfRoad {
                if river < riverHalf && !node.bridges {
                    return .water(depth: 1 - river / riverHalf)
                }
                return .road(
                    offset: offset, half: node.halfRoad, along: node.splitsU ? place.y : place.x)
            }
            index = offset < 0 ? node.low : node.high
        }
        if river < riverHalf { return .water(depth: 1 - river / riverHalf) }
        if river < riverHalf + 5 { return .bank }
        return .parcel(nodes[index].parcel)
    }

    // MARK: River

    /// Pixels from the middle of the nearest river, stretched so that its width varies.
    func riverDistance(_ place: SIMD2<Float>) -> Float {
        let number = ((place.x - riverOffset) / riverSpacing).rounded()
        let lane = number * 5000
        let swing = min(riverSpacing, 1100) * 0.13
        let middle =
            number * riverSpacing + riverOffset
            + swing * meander.smooth(place.y, lane, wavelength: 260)
            + 6 * meander.smooth(place.y, lane + 900, wavelength: 40)
        let width = 1 + 0.3 * meander.smooth(place.y, lane + 1900, wavelength: 170)
        return abs(place.x - middle) * width
    }

    /// The half width that gives water its share.
    private func riverHalfWidth() -> Float {
        var distances: [Float] = []
        let step = max(2, size / 200)
        for y in stride(from: step / 2, to: size, by: step) {
            for x in stride(from: step / 2, to: size, by: step) {
                distances.append(riverDistance(frame(Float(x), Float(y))))
            }
        }
        distances.sort()
        return distances[Int(Float(distances.count - 1) * Share.water)]
    }

    // MARK: Roads, blocks, parcels

    /// Splits a rectangle until no side is longer than `target`; roads run along the splits of
    /// rectangles with a side longer than `roadsDownTo`.
    private mutating func split(
        _ index: Int, _ area: LandParcel, roadsDownTo: Float, to target: Float,
        bridging: Bool, random: inout SplitMix64, leaf: (Int, LandParcel) -> Void
    ) {
        let width = area.u.upperBound - area.u.lowerBound
        let height = area.v.upperBound - area.v.lowerBound
        guard max(width, height) > target else { return leaf(index, area) }
        let splitsU = width > height
        let side = splitsU ? area.u : area.v
        let length = side.upperBound - side.lowerBound
        let at = side.lowerBound + length * random.uniform(0.42...0.58)
        var halfRoad: Float =
            length > roadsDownTo ? (length > 2 * roadsDownTo ? 12 : 10) * roadScale : 0
        // A road along a river would drown in it.
        if splitsU, halfRoad > 0 {
            for v in stride(from: area.v.lowerBound, through: area.v.upperBound, by: 20)
            where riverDistance(SIMD2(at, v)) < riverHalf + 14 {
                halfRoad = 0
            }
        }
        var low = area
        var high = area
        if splitsU {
            low.u = side.lowerBound...(at - halfRoad)
            high.u = (at + halfRoad)...side.upperBound
        } else {
            low.v = side.lowerBound...(at - halfRoad)
            high.v = (at + halfRoad)...side.upperBound
        }
        let bridges =
            bridging && !splitsU
            && [area.u.lowerBound, area.u.upperBound].allSatisfy {
                riverDistance(SIMD2($0, at)) > riverHalf
            }
        let first = nodes.count
        nodes.append(Node())
        nodes.append(Node())
        nodes[index] = Node(
            splitsU: splitsU, at: at, halfRoad: halfRoad, bridges: bridges, low: first,
            high: first + 1)
        split(
            first, low, roadsDownTo: roadsDownTo, to: target, bridging: bridging,
            random: &random, leaf: leaf)
        split(
            first + 1, high, roadsDownTo: roadsDownTo, to: target, bridging: bridging,
            random: &random, leaf: leaf)
    }

    /// Makes villages of as many blocks as houses need, and fields of the others.
    private mutating func divide(
        _ blocks: [(node: Int, parcel: LandParcel)], building: Float, random: inout SplitMix64
    ) {
        for (index, block) in blocks.enumerated() {
            nodes[block.node].parcel = index
        }
        parcels = blocks.map(\.parcel)
        let visible = visibleAreas()
        var village = Set<Int>()
        var built: Float = 0
        // Neighbouring blocks have similar values, so that houses gather in villages.
        let order = blocks.indices.sorted { regionOf($0) > regionOf($1) }
        let houses: Float = 0.47
        for index in order where visible[index] > 0 {
            let gain = houses * visible[index]
            guard built + gain / 2 < building else { continue }
            village.insert(index)
            built += gain
        }
        parcels = []
        for (index, block) in blocks.enumerated() {
            nodes[block.node].parcel = -1
            let isVillage = village.contains(index)
            var leaves: [(Int, LandParcel)] = []
            split(
                block.node, block.parcel, roadsDownTo: isVillage ? 280 : .infinity,
                to: isVillage ? 160 : 240, bridging: false, random: &random
            ) { leaves.append(($0, $1)) }
            for (node, leaf) in leaves {
                var parcel = leaf
                parcel.use = isVillage ? .lot : .meadow
                nodes[node].parcel = parcels.count
                parcels.append(parcel)
            }
        }
    }

    func regionOf(_ index: Int) -> Float {
        let parcel = parcels[index]
        let u = (parcel.u.lowerBound + parcel.u.upperBound) / 2
        let v = (parcel.v.lowerBound + parcel.v.upperBound) / 2
        return regions.smooth(u, v, wavelength: 420)
            + 0.3 * regions.smooth(u + 3000, v, wavelength: 90)
    }

    /// Smooth over neighbouring parcels: whose yards are paved and whose are gardens.
    func pavedness(_ index: Int) -> Float {
        let parcel = parcels[index]
        return regions.smooth(
            (parcel.u.lowerBound + parcel.u.upperBound) / 2 + 9000,
            (parcel.v.lowerBound + parcel.v.upperBound) / 2, wavelength: 260)
    }

    /// The share of the scene that each parcel fills, roads and water taken off.
    func visibleAreas() -> [Float] {
        var areas = [Float](repeating: 0, count: parcels.count)
        let step = size > 400 ? 4 : 2
        var samples: Float = 0
        for y in stride(from: step / 2, to: size, by: step) {
            for x in stride(from: step / 2, to: size, by: step) {
                samples += 1
                if case .parcel(let index) = ground(frame(Float(x), Float(y))) {
                    areas[index] += 1
                }
            }
        }
        return areas.map { $0 / samples }
    }
}
