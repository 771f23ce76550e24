extension TrainingLimit {
    /// Keeps every number of steps that follows from it far from overflow.
    private static let most = 1_000_000_000

    /// Why no training can end so, as a sentence for users; nil if one can.
    ///
    /// A limit that allows no step would give a model that has learnt nothing.
    package var problem: String? {
        for (name, value) in [("epochs", epochs), ("steps", steps)] {
            guard let value, !(1...Self.most).contains(value) else { continue }
            return "--\(name) must lie between 1 and \(Self.most), not \(value)."
        }
        if let seconds, !(seconds > 0) {
            return "--time must be more than nothing, such as 10m, not \(seconds) s."
        }
        if let patience, !(0...Self.most).contains(patience) {
            return "--patience must lie between 0 (none) and \(Self.most), not \(patience)."
        }
        return nil
    }
}
