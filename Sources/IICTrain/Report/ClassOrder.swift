import IICInfer

/// Which class of another monitoring pass is which of the model's: the sub-heads of head B have the
/// same classes in orders of their own, and the one that is the model's changes in a training.
///
/// Without this a page would show jumps where only names change.
package enum ClassOrder {
    /// For each pass and each of the model's classes, that pass's class; all passes have as many.
    ///
    /// A sub-head keeps its order. Where another one takes over, classes of about the same share are
    /// taken for the same.
    ///
    /// - Parameter model: the pass that the model is of.
    package static func following(
        _ passes: [SnapshotRecord], from model: Int
    ) -> [[Int]] {
        guard passes.indices.contains(model) else { return passes.map { Array($0.shares.indices) } }
        let identity = Array(passes[model].shares.indices)
        var orders = passes.map { _ in identity }
        var known = [passes[model].subhead: identity]
        for way in [Array(model..<passes.count), Array((0...model).reversed())] {
            for (before, now) in zip(way, way.dropFirst()) {
                let shares = orders[before].map { passes[before].shares[$0] }
                orders[now] =
                    known[passes[now].subhead]
                    ?? pairing(identity.count) { own, other in
                        -Int(abs(shares[own] - passes[now].shares[other]) * 1e9)
                    }
                known[passes[now].subhead] = orders[now]
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
