/// How much is done for a model that is written.
struct ModelEffort {
    /// Pixels on which a model without tracked statistics is calibrated, about.
    let calibration: Int
    /// Pixels of the parts of images that its refinement is fitted on, about.
    let refinement: Int

    /// On the way, where the next one comes soon.
    static let passing = ModelEffort(calibration: 750_000, refinement: 1_600_000)
    /// At the end.
    static let final = ModelEffort(calibration: 6_000_000, refinement: 6_400_000)
}
