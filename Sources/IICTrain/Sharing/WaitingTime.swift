/// How long a rank has waited for others.
final class WaitingTime {
    private(set) var total = Duration.zero

    func measure<Value>(_ body: () -> Value) -> Value {
        let start = ContinuousClock.now
        defer { total += ContinuousClock.now - start }
        return body()
    }
}
