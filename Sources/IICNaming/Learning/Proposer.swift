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

    /// Places in the sample to be asked for next, the best first.
    ///
    /// - Parameters:
    ///   - asked: all that were asked for, in order; places in the sample, or pixels elsewhere with what
    ///     describes them.
    ///   - weights: of the last fit; nil before there is one.
    package func next(_ count: Int, after asked: Asked, weights: [Double]?) -> [Int] {
        let first = order.filter { !asked.coarse.contains($0) }.prefix(count).map {
            pick(ground.coarse, $0, layer: 1, visit: 0)
        }
        guard first.count < count else { return first }
        return first + fine(count - first.count, after: asked, weights: weights)
    }

    /// What was asked for, by the units that it lies in.
    package struct Asked: Sendable {
        fileprivate var coarse: Set<Int> = []
        fileprivate var fine: [Int: Int] = [:]

        package init() {}

        /// - Parameter points: `(n, near)`.
        package init(_ points: [Float], on ground: NamingGround) {
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

    private func fine(_ count: Int, after asked: Asked, weights: [Double]?) -> [Int] {
        let units = ground.fine
        let least = (0..<units.count).map { asked.fine[$0] ?? 0 }.min() ?? 0
        let scores = (0..<units.count).map { unit -> Double in
            let visits = asked.fine[unit] ?? 0
            guard visits == least else { return 0 }
            return Double(units.members[unit].count) * doubt(unit, weights: weights)
        }
        return scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(count).map {
            pick(units, $0, layer: 2, visit: asked.fine[$0] ?? 0)
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

    /// One of a unit's typical pixels, another one at each visit.
    private func pick(_ units: Units, _ unit: Int, layer: UInt64, visit: Int) -> Int {
        let heart = units.heart(unit)
        let mixed = seed &* 31 &+ layer &* 7 &+ UInt64(unit) &* 131 &+ UInt64(visit)
        var random = SplitMix64(seed: SplitMix64.mix(mixed))
        return heart[heart.startIndex + random.index(below: heart.count)]
    }
}
