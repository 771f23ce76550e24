extension Scaling {
    /// The 0.5 and 99.5 percentiles of each band over all valid pixels of a scene, exactly. A scene
    /// without valid pixels gets 0…1.
    ///
    /// - Throws: what reading throws, or ``Interrupted``.
    public static func percentiles(
        of scene: SceneReader, low: Double = 0.005, high: Double = 0.995,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> Scaling {
        let quantiles = try BandQuantiles(
            of: scene, at: [low, high], progress: progress, isCancelled: isCancelled)
        let limits = quantiles?.bands.map { Range(low: $0[0], high: $0[1]) }
        return Scaling(
            bands: limits ?? scene.bands.map { _ in Range(low: 0, high: 1) },
            source: scene.sampleType, units: scene.units)
    }
}
