extension OutputPaths {
    /// The same where some inputs are rasters, whose sidecars and, of a VRT, parts are read as well.
    ///
    /// - Throws: ``OutputPathError``, and what opening a raster throws.
    public static func check(
        _ outputs: [String], rasters: [String], inputs: [String] = []
    ) throws {
        try check(
            outputs, inputs: inputs + rasters.flatMap { [$0] + (try FileIdentity(scene: $0).files) }
        )
    }
}
