import IICKernels

/// The last two rows of one head's map, and their mixture.
final class HeadMap {
    private let network: PreparedNetwork
    private let head: Head
    private let classes: Int
    private let plan: SwathPlan
    private let parts: [SwathPlan.Part]
    private let logits: Buffer<Float>
    /// Three rows: the newest in turn in the first two, and one of the ring.
    private var rows: [Buffer<Float>]
    private var count = 0
    /// `(K, plan.headColumns)`: mixed from two rows.
    private let mixed: Buffer<Float>
    /// What the head says of the row that was mixed last.
    let scores: ScoreRow

    /// - Parameter columns: where the output pixels lie in a row of the map.
    init(network: PreparedNetwork, head: Head, plan: SwathPlan, columns: HeadRows.Columns) {
        self.network = network
        self.head = head
        self.plan = plan
        classes =
            head == .projection
            ? network.projection?.rows ?? 0 : network.architecture.classes(of: head)
        let capacity = plan.columnCount(network.architecture.layers.count)
        parts = plan.headParts
        logits = Buffer(repeating: 0, count: lanes(classes) * capacity * laneWidth)
        let size = classes * plan.headColumns
        // The softmax of zeros: where there is a ring, its columns keep this.
        let ring = head == .projection ? 0 : 1 / Float(classes)
        rows = (0..<3).map { _ in Buffer(repeating: ring, count: size) }
        mixed = Buffer(repeating: 0, count: size)
        scores = ScoreRow(head: head, classes: classes, values: mixed, columns: columns)
    }

    /// Takes the next row of features.
    func add(_ features: Span<Float>) {
        let capacity = plan.columnCount(network.architecture.layers.count)
        let (logits, packed) = (self.logits, network.head(head))
        do {
            var span = logits.mutableSpan()
            multiplyLanes(
                features, rows: capacity,
                depth: lanes(network.architecture.features) * laneWidth, packed: packed.span(),
                lanes: lanes(classes), into: &span, capacity: capacity)
        }
        let row = rows[count % 2]
        var target = row.mutableSpan()
        for part in parts {
            guard head != .projection else {
                HeadRows.transpose(
                    logits.span(), columns: part.source, capacity: capacity, classes: classes,
                    into: &target, width: plan.headColumns, first: part.target)
                continue
            }
            HeadRows.softmax(
                logits.span(), columns: part.source, capacity: capacity, classes: classes,
                into: &target, width: plan.headColumns, first: part.target)
        }
        count += 1
    }

    /// Passes over the next row of features, which nobody will look at.
    func skip() { count += 1 }

    /// Mixes the rows that an output row lies between.
    func mix(_ place: HeadRows.Place) {
        let (upper, lower, mixed) = (row(place.low), row(place.high), self.mixed)
        var span = mixed.mutableSpan()
        HeadRows.mix(upper.span(), lower.span(), weight: place.weight, into: &span)
        scores.renew()
    }

    /// A row of the map, its ring included; it must be one of the two newest.
    private func row(_ index: Int) -> Buffer<Float> {
        let row = index - plan.rows.ring
        guard row >= 0, row < plan.rows.features.count else { return rows[2] }
        precondition(row < count && row >= count - 2, "row \(row) of \(count)")
        return rows[row % 2]
    }
}
