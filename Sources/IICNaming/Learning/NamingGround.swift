import IICInfer

/// What names are learnt on: a sample of the scenes' pixels, what describes them, and two layers of
/// units, coarse ones for the first answers and fine ones for those that follow.
package struct NamingGround: Sendable {
    package let sample: NamingSample
    package let space: FeatureSpace
    /// Of the sample, `(n, space.count)`.
    package let features: [Float]
    /// Where pixels are near each other: the first numbers of the features, `(n, space.near)`.
    package let points: [Float]
    package let coarse: Units
    package let fine: Units

    package static let coarseUnits = 24
    package static let fineUnits = 72

    /// - Parameter units: coarse ones.
    package init(
        _ scenes: NamingScenes, units: Int = coarseUnits, seed: UInt64,
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        let sample = try NamingSample(of: scenes, seed: seed, isCancelled: isCancelled)
        let space = FeatureSpace(of: sample, near: scenes.near)
        let features = space.features(sample.values)
        let points = space.points(features)
        func found(_ wanted: Int, _ layer: UInt64) throws(Interrupted) -> Units {
            try Units(
                points, dimensions: scenes.near, wanted: wanted,
                seed: SplitMix64.mix(seed &+ layer), isCancelled: isCancelled)
        }
        self.sample = sample
        self.space = space
        self.features = features
        self.points = points
        coarse = try found(units, 1)
        fine = try found(max(units, Self.fineUnits), 2)
    }
}
