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
    var channels: Int { scene.bands.count }
    var blockPixels: Int { (RasterEvaluator.windowRows(of: truth) + 2) * truth.width }
    var decodedBytes: Int { scene.largestBlockBytes }

    func eachBlock(
        halo: Int, isCancelled: () -> Bool,
        _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws {
        try RasterEvaluator.eachWindow(of: truth) { window in
            if isCancelled() { throw Interrupted() }
            let top = max(0, window.y - halo)
            let bottom = min(scene.height, window.y + window.height + halo)
            let held = PixelWindow(x: 0, y: top, width: window.width, height: bottom - top)
            let (values, valid) = try scene.pixels(in: held)
            let first = window.y - top
            try body(
                PixelBlock(
                    width: window.width, channels: scene.bands.count, values: values, valid: valid,
                    rows: first..<first + window.height)
            ) { try truth(in: window) }
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
