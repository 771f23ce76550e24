import IICInfer

extension SceneReader {
    /// A window inside the scene: `(H, W, C)`, matched if that is wanted, scaled to 0…1 and 0 where
    /// invalid, and `(H, W)`, 1 for valid, else 0.
    func scaled(
        _ window: PixelWindow, scaling: Scaling, matching: SceneMatching? = nil
    ) throws -> (values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: 0, count: window.count * bands.count)
        var valid = [UInt8](repeating: 0, count: window.count)
        var valueSpan = values.mutableSpan
        var validSpan = valid.mutableSpan
        try read(window, into: &valueSpan, valid: &validSpan)
        matching?.apply(to: &valueSpan, valid: validSpan.span)
        scaling.apply(to: &valueSpan, valid: validSpan.span)
        return (values, valid)
    }
}
