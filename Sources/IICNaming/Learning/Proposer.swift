import IICInfer

/// Which pixel a person is asked for next.
///
/// First one of each coarse unit, the largest first; then of the fine unit without an answer where
/// most is at stake: its share times how close its pixels are between two names.
package struct Proposer: Sendable {
    private let ground: NamingGround
    private let seed: UInt64
    private let order: [Int]

    package init(_ ground: NamingGround, seed: UInt64) {
        self.ground = ground
        self.seed = seed
        let coarse = ground.coarse
        order = (0..<coarse.count).sorted {
            (-coarse.members[$0].count, $0) < (-coarse.members[$1].count, $1)
        }
    }

    /// Places in the sample to be asked for next, the best first; fewer where nothing is left.
    ///
    /// - Parameters:
    ///   - asked: all that were asked for; none of them comes again.
    ///   - weights: of the last fit; nil before there is one.
    package func next(_ count: Int, after asked: Asked, weights: [Double]?) -> [Int] {
        var taken = asked.places
        var found: [Int] = []
        for unit in order where !asked.coarse.contains(unit) && found.count < count {
            guard let place = pick(ground.coarse, unit, layer: 1, visit: 0, without: taken) else {
                continue
            }
            taken.insert(place)
            found.append(place)
        }
        // What is at stake is looked at only when it matters.
        guard found.count < count else { return found }
        for unit in fine(after: asked, weights: weights) where found.count < count {
            let visit = asked.fine[unit] ?? 0
            guard let place = pick(ground.fine, unit, layer: 2, visit: visit, without: taken) else {
                continue
            }
            taken.insert(place)
            found.append(place)
        }
        return found
    }

    /// What was asked for, by the units that it lies in.
    package struct Asked: Sendable {
        fileprivate var places: Set<Int> = []
        fileprivate var coarse: Set<Int> = []
        fileprivate var fine: [Int: Int] = [:]

        /// - Parameters:
        ///   - places: those that are pixels of the sample.
        ///   - points: what describes all of them, `(n, near)`.
        package init(places: Set<Int>, points: [Float], on ground: NamingGround) {
            self.places = places
            for index in stride(from: 0, to: points.count, by: ground.space.near) {
                if let unit = ground.coarse.unit(of: points.span, at: index) {
                    coarse.insert(unit)
                }
                if let unit = ground.fine.unit(of: points.span, at: index) {
                    fine[unit, default: 0] += 1
                }
            }
        }
    }

    /// Fine units, those with the fewest answers first, and of these where most is at stake.
    private func fine(after asked: Asked, weights: [Double]?) -> [Int] {
        let units = ground.fine
        let ranks = (0..<units.count).map { unit -> (visits: Int, stake: Double) in
            (
                asked.fine[unit] ?? 0,
                Double(units.members[unit].count) * doubt(unit, weights: weights)
            )
        }
        return ranks.indices.sorted {
            (ranks[$0].visits, -ranks[$0].stake, $0) < (ranks[$1].visits, -ranks[$1].stake, $1)
        }
    }

    /// 1 where two names are as likely for all of a unit's pixels, near 0 where one is sure.
    private func doubt(_ unit: Int, weights: [Double]?) -> Double {
        guard let weights else { return 1 }
        let (all, dimensions) = (ground.fine.some(unit), ground.space.count)
        let some = stride(from: 0, to: all.count, by: max(1, all.count / 64)).map { all[$0] }
        let features = some.flatMap { ground.features[$0 * dimensions..<($0 + 1) * dimensions] }
        let margins = LogisticRegression.predict(
            features, dimensions: dimensions, weights: weights
        ).margins
        return 0.01 + margins.reduce(0.0) { $0 + Double(1 - $1) } / Double(max(1, margins.count))
    }

    /// One of a unit's typical pixels, another one at each visit, or any other that is left; nil if none
    /// is.
    private func pick(
        _ units: Units, _ unit: Int, layer: UInt64, visit: Int, without taken: Set<Int>
    ) -> Int? {
        var left = units.heart(unit).filter { !taken.contains($0) }
        if left.isEmpty { left = units.members[unit].filter { !taken.contains($0) } }
        guard !left.isEmpty else { return nil }
        let mixed = seed &* 31 &+ layer &* 7 &+ UInt64(unit) &* 131 &+ UInt64(visit)
        var random = SplitMix64(seed: SplitMix64.mix(mixed))
        return left[random.index(below: left.count)]
    }
}
