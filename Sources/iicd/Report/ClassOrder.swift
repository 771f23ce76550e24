import IICInfer
import IICTrain

/// Which class of another moment is which of the model's: the sub-heads of head B have the same classes
/// in orders of their own, and the one that is the model's changes in a training.
///
/// Without this a page would show jumps where only names change.
package enum ClassOrder {
    /// For each look and each of the model's classes, that look's class; all looks have as many.
    ///
    /// A sub-head keeps its order. Where another one takes over, classes of about the same share are
    /// taken for the same.
    ///
    /// - Parameter model: the look that the model is of.
    package static func following(
        _ looks: [StepRecord.Probe], from model: Int
    ) -> [[Int]] {
        guard looks.indices.contains(model) else { return looks.map { Array($0.shares.indices) } }
        let identity = Array(looks[model].shares.indices)
        var orders = looks.map { _ in identity }
        var known = [looks[model].subhead: identity]
        for way in [Array(model..<looks.count), Array((0...model).reversed())] {
            for (before, now) in zip(way, way.dropFirst()) {
                let shares = orders[before].map { looks[before].shares[$0] }
                orders[now] =
                    known[looks[now].subhead]
                    ?? pairing(identity.count) { own, other in
                        -Int(abs(shares[own] - looks[now].shares[other]) * 1e9)
                    }
                known[looks[now].subhead] = orders[now]
            }
        }
        return orders
    }

    /// For each of the model's classes the one that covers most of the same pixels in `labels`.
    ///
    /// - Parameter model, labels: of the same tiles, 255 where invalid.
    package static func matching(
        _ labels: [[UInt8]], to model: [[UInt8]], classes: Int
    ) -> [Int] {
        var counts = [Int](repeating: 0, count: classes * classes)
        for (tile, other) in zip(model, labels) {
            for (own, label) in zip(tile, other)
            where Int(own) < classes && Int(label) < classes {
                counts[Int(own) * classes + Int(label)] += 1
            }
        }
        return pairing(classes) { counts[$0 * classes + $1] }
    }

    private static func pairing(_ classes: Int, _ value: (Int, Int) -> Int) -> [Int] {
        let values = (0..<classes).flatMap { row in (0..<classes).map { value(row, $0) } }
        return bestAssignment(values: values, rows: classes, columns: classes)
            .compactMap(\.self)
    }
}
