import IICInfer

extension SceneReader {
    /// A window inside the scene: `(H, W, C)` as the scene has them, and `(H, W)`, 1 for valid,
    /// else 0.
    func pixels(in window: PixelWindow) throws -> (values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: 0, count: window.count * bands.count)
        var valid = [UInt8](repeating: 0, count: window.count)
        var valueSpan = values.mutableSpan
        var validSpan = valid.mutableSpan
        try read(window, into: &valueSpan, valid: &validSpan)
        return (values, valid)
    }

    /// The same, matched if that is wanted, and scaled to 0…1; 0 where invalid.
    func scaled(
        _ window: PixelWindow, scaling: Scaling, matching: SceneMatching? = nil
    ) throws -> (values: [Float], valid: [UInt8]) {
        var (values, valid) = try pixels(in: window)
        var span = values.mutableSpan
        matching?.apply(to: &span, valid: valid.span)
        scaling.apply(to: &span, valid: valid.span)
        return (values, valid)
    }

    /// One of some scenes, in proportion to their areas, and a window of it.
    ///
    /// - Parameter side: pixels a side; a scene's own where that is shorter.
    static func window(
        of scenes: [SceneReader], side: Int, random: inout SplitMix64
    ) -> (scene: SceneReader, window: PixelWindow) {
        var place = random.index(below: scenes.reduce(0) { $0 + $1.width * $1.height })
        var scene = scenes[0]
        for candidate in scenes {
            scene = candidate
            if place < candidate.width * candidate.height { break }
            place -= candidate.width * candidate.height
        }
        let (width, height) = (min(side, scene.width), min(side, scene.height))
        let window = PixelWindow(
            x: random.index(below: scene.width - width + 1),
            y: random.index(below: scene.height - height + 1), width: width, height: height)
        return (scene, window)
    }
}
