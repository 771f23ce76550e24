internal import CGDAL

/// A raster of numbers in the making: what is said of each pixel, a band each.
final class ValueMapProduct: MapProduct {
    private let kind: String
    private let items: [String: String]
    private let file: CloudOptimisedFile

    /// - Parameters:
    ///   - bands: what they are called.
    ///   - items: metadata beside the provenance.
    /// - Throws: ``AtomicFileError``.
    init(
        of output: any MapOutput, frame: MapFrame, format: CloudOptimisedFormat,
        bands: [String], items: [String: String] = [:]
    ) throws {
        precondition(bands.count == format.bands, "\(bands.count) names for \(format)")
        kind = output.kind
        self.items = items
        file = try CloudOptimisedFile(
            path: output.path, width: frame.width, height: frame.height, format: format,
            georeference: frame.georeference, threads: frame.threads
        ) { dataset in
            for (index, name) in bands.enumerated() {
                unsafe GDALSetDescription(
                    GDALGetRasterBand(dataset.handle, Int32(index + 1)), name)
            }
        }
    }

    func write(_ pixels: Span<UInt8>, window: PixelWindow) throws {
        try file.write(pixels, window: window)
    }

    func finish(
        _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws -> OutputSummary {
        file.setMetadata(provenance.items.merging(items) { $1 })
        try file.prepare(progress: progress, isCancelled: isCancelled)
        return OutputSummary(kind: kind, path: file.path)
    }

    var finished: [FinishedFile] { file.finished(role: "data") }

    func publish(in publication: inout Publication) { file.publish(in: &publication) }
}
