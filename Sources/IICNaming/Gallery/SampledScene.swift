package import IICInfer

/// A scene of which a model labels some windows, one after another, as in a map of the whole.
package struct SampledScene {
    package let reader: SceneReader
    private let scene: SegmentJob.Scene
    private let segmenter: SceneSegmenter
    private let scaling: Scaling
    private let matching: SceneMatching?
    private let encoders: [any RowEncoder]

    /// Opens a scene and measures what its scaling needs.
    ///
    /// - Throws: what ``SegmentJob/open(_:for:)`` throws, or ``Interrupted``.
    package init(
        _ path: String, job: SegmentJob, encoder: any RowEncoder, warn: (String) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        encoders = [encoder]
        scene = try job.open(path, for: encoders)
        reader = scene.reader
        for note in try job.notes(on: scene) { warn(note) }
        (scaling, matching) = try job.values(of: scene, isCancelled: isCancelled)
        segmenter = SceneSegmenter(
            engine: job.engine, readOut: job.readOut, threads: job.settings.threads,
            memoryLimit: job.settings.memoryLimit)
    }

    /// The pixels that the encoder makes of a window, `(H, W, pixelBytes)`.
    package func pixels(
        _ window: PixelWindow, isCancelled: @Sendable () -> Bool = { false }
    ) throws -> [UInt8] {
        let size = encoders[0].pixelBytes
        var pixels = [UInt8](repeating: 0, count: window.count * size)
        try segmenter.segment(
            reader, bounds: window, scaling: scaling, matching: matching,
            budget: segmenter.budget(for: reader, bounds: window, encoders: encoders),
            encoders: encoders,
            write: { _, part, place in
                let length = place.width * size
                for row in 0..<place.height {
                    let first = ((place.y + row) * window.width + place.x) * size
                    for byte in 0..<length { pixels[first + byte] = part[row * length + byte] }
                }
            }, isCancelled: isCancelled)
        return pixels
    }
}
