/// An output in the making that is one small text and shows no single pixel.
final class TextProduct: MapProduct {
    /// Makes the text once all outputs before this one are finished.
    typealias Writer = (
        _ provenance: MapProvenance, _ others: [FinishedOutput], _ isCancelled: () -> Bool
    ) throws -> String

    private let kind: String
    private let path: String
    private let mediaType: String
    private let text: Writer
    private var file: AtomicFile?
    private var others: [FinishedOutput] = []

    /// - Throws: ``AtomicFileError``.
    init(of output: any MapOutput, mediaType: String, text: @escaping Writer) throws {
        kind = output.kind
        path = output.path
        self.mediaType = mediaType
        self.text = text
        file = try AtomicFile(path: output.path)
    }

    func write(_ pixels: Span<UInt8>, window: PixelWindow) {}

    func note(_ others: [FinishedOutput]) { self.others = others }

    func finish(
        _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws -> OutputSummary {
        if isCancelled() { throw Interrupted() }
        let bytes = Array(try text(provenance, others, isCancelled).utf8)
        try file?.write(bytes.span)
        progress(1)
        return OutputSummary(kind: kind, path: path)
    }

    var finished: [FinishedFile] {
        guard let name = file?.temporaryPath else { return [] }
        return [
            FinishedFile(
                path: path, temporaryPath: name, mediaType: mediaType, role: "metadata")
        ]
    }

    func publish(in publication: inout Publication) {
        guard let file = file.take() else { preconditionFailure("published twice") }
        publication.add(file)
    }
}
