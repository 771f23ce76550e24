/// What a person has said of a sample's points, in the order in which it was said.
struct AssessmentBook: Hashable, Sendable {
    typealias Verdict = LabellingState.Answered.Verdict

    /// Places of the points that have an answer.
    private(set) var order: [Int] = []
    private var verdicts: [Int: Verdict] = [:]

    /// By the place of its point.
    subscript(place: Int) -> Verdict? { verdicts[place] }

    /// Answers for a point, anew where there is an answer already.
    mutating func answer(_ place: Int, _ verdict: Verdict) {
        if verdicts.updateValue(verdict, forKey: place) == nil { order.append(place) }
    }

    mutating func remove(_ place: Int) {
        guard verdicts.removeValue(forKey: place) != nil else { return }
        order.removeAll { $0 == place }
    }

    /// How many points have each class, by the classes' numbers.
    var counts: [Int: Int] {
        verdicts.values.reduce(into: [:]) { counts, verdict in
            if case .named(let id) = verdict { counts[id, default: 0] += 1 }
        }
    }
}
