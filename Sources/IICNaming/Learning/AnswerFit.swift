import IICInfer

/// What answers say of all pixels: they spread over the units that they lie in, and a linear read-out
/// is learnt from that.
///
/// An answer is taken to hold for its unit; where a unit has several, each pixel takes the nearest. Fine units without an answer take, with little weight, that of their pixels' coarse ones.
/// Larger units weigh more, by the root of their share (docs/naming.md).
package struct AnswerFit: Sendable {
    /// Pixels with their classes.
    package struct Known: Sendable {
        /// `(n, space.count)`.
        package var features: [Float]
        /// Below ``classes``.
        package var labels: [Int]
        package var classes: Int

        package init(features: [Float], labels: [Int], classes: Int) {
            self.features = features
            self.labels = labels
            self.classes = classes
        }
    }

    /// `(K, space.count + 1)`.
    package let weights: [Double]
    private let known: Known

    /// Of an answered pixel itself, beside what it stands for.
    private static let ownWeight: Float = 0.3
    /// Of what fine units take from coarse ones.
    private static let inherited: Float = 0.3
    private static let folds = 5

    /// - Parameters:
    ///   - known: of two classes at least.
    ///   - start: weights to begin with, such as those before the last answer; they change the result
    ///     in its last digits only, so what is saved begins with none.
    package init(_ known: Known, on ground: NamingGround, start: [Double]? = nil) {
        let inputs = ground.space.count + 1
        let usable = start.flatMap { $0.count == known.classes * inputs ? $0 : nil }
        self.known = known
        weights = Self.regression(known, on: ground).fit(start: usable, iterations: 80)
    }

    /// How often answers that were left out are told right by the others, in ``folds`` rounds; nil
    /// where there are too few. It takes longer than the fit.
    package func agreement(on ground: NamingGround) -> Double? {
        let (count, folds) = (known.labels.count, Self.folds)
        guard count >= 2 * folds else { return nil }
        var random = SplitMix64(seed: 5)
        let order = random.permutation(count)
        var right = 0
        for fold in 0..<folds {
            let held = Set(order.indices.filter { $0 % folds == fold }.map { order[$0] })
            let rest = known.rows(order.sorted().filter { !held.contains($0) }, ground)
            let asked = known.rows(held.sorted(), ground)
            let found = Self.regression(rest, on: ground).fit(start: weights, iterations: 25)
            let labels = LogisticRegression.predict(
                asked.features, dimensions: ground.space.count, weights: found
            ).labels
            right += zip(labels, asked.labels).filter { $0 == $1 }.count
        }
        return Double(right) / Double(count)
    }

    private static func regression(_ known: Known, on ground: NamingGround) -> LogisticRegression {
        let (dimensions, near) = (ground.space.count, ground.space.near)
        let isCoarse = known.labels.count <= NamingGround.coarseUnits
        let units = isCoarse ? ground.coarse : ground.fine
        let points = ground.space.points(known.features)
        func answers(in units: Units) -> [Int: [Int]] {
            let found = known.labels.indices.map {
                units.unit(of: points.span, at: $0 * near) ?? -1
            }
            return Dictionary(grouping: known.labels.indices) { found[$0] }
        }
        var (members, labels, weights): ([Int], [Int], [Float]) = ([], [], [])
        func take(_ member: Int, among answers: [Int], weight: Float) {
            var (best, least) = (answers[0], Float.infinity)
            for answer in answers {
                var distance: Float = 0
                for k in 0..<near {
                    let d = ground.points[member * near + k] - points[answer * near + k]
                    distance += d * d
                }
                if distance < least { (best, least) = (answer, distance) }
            }
            members.append(member)
            labels.append(known.labels[best])
            weights.append(weight)
        }
        let own = answers(in: units)
        let coarse = isCoarse ? [:] : answers(in: ground.coarse)
        for unit in 0..<units.count {
            let some = units.some(unit)
            let share = Float(units.members[unit].count * units.count) / Float(ground.sample.count)
            let weight = share.squareRoot() / Float(some.count)
            if let answers = own[unit] {
                for member in some { take(member, among: answers, weight: weight) }
            } else {
                for member in some {
                    guard let answers = coarse[ground.coarse.labels[member]] else { continue }
                    take(member, among: answers, weight: weight * inherited)
                }
            }
        }
        var features: [Float] = []
        features.reserveCapacity((members.count + known.labels.count) * dimensions)
        for member in members {
            features += ground.features[member * dimensions..<(member + 1) * dimensions]
        }
        features += known.features
        labels += known.labels
        weights += known.labels.map { _ in ownWeight }
        return LogisticRegression(
            features: features, dimensions: dimensions, labels: labels, weights: weights,
            classes: known.classes)
    }
}

extension AnswerFit.Known {
    fileprivate func rows(_ rows: [Int], _ ground: NamingGround) -> AnswerFit.Known {
        let dimensions = ground.space.count
        return AnswerFit.Known(
            features: rows.flatMap { features[$0 * dimensions..<($0 + 1) * dimensions] },
            labels: rows.map { labels[$0] }, classes: classes)
    }
}
