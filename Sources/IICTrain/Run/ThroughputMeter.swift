/// Pairs a second over the last steps.
struct ThroughputMeter {
    private static let window = 10

    private var steps: [(pairs: Int, seconds: Double)] = []

    mutating func add(pairs: Int, seconds: Double) {
        steps = steps.suffix(Self.window - 1) + [(pairs, seconds)]
    }

    var pairsPerSecond: Double {
        let seconds = steps.reduce(0) { $0 + $1.seconds }
        return seconds > 0 ? Double(steps.reduce(0) { $0 + $1.pairs }) / seconds : 0
    }
}
