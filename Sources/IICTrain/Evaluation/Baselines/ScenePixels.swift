import IICInfer

/// A scene's pixels and a raster of their truth.
struct ScenePixels: PixelSource {
    let scene: SceneReader
    let truth: LabelReader
    /// Truth counts where these have a label too; nil for everywhere.
    let labels: LabelReader?

    var path: String { scene.path }
    var truthPath: String { truth.path }
    var count: Int { scene.width * scene.height }
    var sampleType: SampleType { scene.sampleType }

    func eachBlock(
        isCancelled: () -> Bool, _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws {
        try RasterEvaluator.eachWindow(of: truth) { window in
            if isCancelled() { throw Interrupted() }
            var values = [Float](repeating: 0, count: window.count * scene.bands.count)
            var valid = [UInt8](repeating: 0, count: window.count)
            do {
                var valuesSpan = values.mutableSpan
                var validSpan = valid.mutableSpan
                try scene.read(window, into: &valuesSpan, valid: &validSpan)
            }
            try body(PixelBlock(channels: scene.bands.count, values: values, valid: valid)) {
                try truth(in: window)
            }
        }
    }

    private func truth(in window: PixelWindow) throws -> [Int32] {
        var truth = try truth.read(window)
        for (index, label) in (try labels?.read(window) ?? []).enumerated()
        where label < 0 || label == ConfusionMatrix.nodata {
            truth[index] = LabelReader.none
        }
        return truth
    }
}
