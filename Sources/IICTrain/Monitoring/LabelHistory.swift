import IICInfer

/// The labels of some monitoring tiles in the course of a training: at the first pass, the last, and a
/// few between them, however long it is.
struct LabelHistory {
    /// `(H, W)` labels of each tile, by step.
    private(set) var labels: [Int: [[UInt8]]] = [:]
    /// Steps between two passes that are kept; it doubles when there are many.
    private var stride = Monitor.every
    private let tiles: [MonitoringTiles.Tile]

    private static let most = 8

    init(tiles: [MonitoringTiles.Tile]) { self.tiles = tiles }

    mutating func add(_ labels: [[UInt8]], step: Int) {
        precondition(labels.count == tiles.count, "\(labels.count)")
        self.labels[step] = labels
        while self.labels.keys.count(where: { $0 % stride == 0 }) > Self.most { stride *= 2 }
        self.labels = self.labels.filter { [stride] in $0.key % stride == 0 || $0.key == step }
    }

    /// At most three steps: the first, one in the middle, the last.
    var shown: [Int] {
        let steps = labels.keys.sorted()
        guard let first = steps.first, let last = steps.last, first < last else { return steps }
        let middle = steps.dropFirst().dropLast().min {
            abs(2 * $0 - first - last) < abs(2 * $1 - first - last)
        }
        return [first] + (middle.map { [$0] } ?? []) + [last]
    }

    func write(to path: String) throws {
        var file = SafeTensors()
        for (step, values) in labels {
            for (tile, (index, values)) in zip(tiles, values.enumerated()) {
                file.tensors["\(step).\(index)"] = SafeTensors.Tensor(
                    values, shape: [tile.height, tile.width])
            }
        }
        try file.write(to: path)
    }

    /// Adds the labels up to `step` from a file; those that cannot be read are just not shown.
    ///
    /// - Parameter classes: that pixels may be of; everyone can write such a file.
    mutating func read(_ path: String, until step: Int, classes: Int) {
        guard let file = try? SafeTensors(reading: path) else { return }
        let steps = Set(file.tensors.keys.compactMap { Int($0.prefix { $0 != "." }) })
        for past in steps.sorted() where past <= step && past % Monitor.every == 0 {
            let labels = tiles.enumerated().compactMap { index, tile -> [UInt8]? in
                guard let tensor = file.tensors["\(past).\(index)"],
                    tensor.shape == [tile.height, tile.width], let labels = try? tensor.bytes,
                    zip(labels, tile.valid).allSatisfy({ $1 == 0 || $0 < classes })
                else { return nil }
                return labels
            }
            if labels.count == tiles.count { add(labels, step: past) }
        }
    }
}
