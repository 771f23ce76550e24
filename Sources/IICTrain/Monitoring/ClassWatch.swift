/// Notices classes of the map that die: clustering can end with fewer classes than it was given.
package struct ClassWatch: Sendable {
    package enum Change: Equatable, Sendable {
        /// A class, from 1, and its mean share of the pixels.
        case died(Int, share: Double)
        case back(Int, share: Double)
    }

    /// Monitoring passes that are averaged.
    package static let window = 5
    /// Steps that they span.
    package static var steps: Int { window * Monitor.every }
    /// A class below this share counts as dead.
    package static let dying = 0.001
    /// And above this one as alive again; apart, so that no class is reported over and over.
    package static let living = 0.005

    private var recent: [[Double]] = []
    private var subhead: Int?
    /// Classes that count as dead, from 1.
    package private(set) var dead: Set<Int> = []

    package init() {}

    /// Adds the classes' shares at one monitoring pass.
    ///
    /// - Parameter subhead: which sub-head the classes are of; another one's are other classes.
    /// - Returns: what has changed, in the order of the classes.
    package mutating func add(_ shares: [Double], subhead: Int) -> [Change] {
        if subhead != self.subhead {
            self = ClassWatch()
            self.subhead = subhead
        }
        recent = recent.suffix(Self.window - 1) + [shares]
        guard recent.count == Self.window else { return [] }
        return shares.indices.compactMap { index in
            let mean = recent.reduce(0) { $0 + $1[index] } / Double(recent.count)
            if mean < Self.dying, dead.insert(index + 1).inserted {
                return .died(index + 1, share: mean)
            }
            if mean > Self.living, dead.remove(index + 1) != nil {
                return .back(index + 1, share: mean)
            }
            return nil
        }
    }
}
