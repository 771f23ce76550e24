import ArgumentParser
import IICInfer

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write a model as an ONNX file for other programs, or what a catalogue has of it.",
        discussion: """
            The ONNX file has one input, images × bands × rows × columns, 32-bit floats scaled to 0…1, of \
            any size, and outputs of as many rows and columns: the probabilities of the model's own \
            classes first (what you named, else the refinement's, else head B's), then those of the \
            others that it has, head A's last. Edges of an image are treated as a scene's. Nodata is \
            not known there.

            The file carries the metadata that Deepness, a plugin of QGIS, reads. It wants tiles of \
            one size: give --tile.

            EXAMPLES
              iicd export model.safetensors --onnx model.onnx
              iicd export model.safetensors --onnx deepness.onnx --tile 512
              iicd export model.safetensors --onnx small.onnx --float16
              iicd export model.safetensors --mlm model.json
            """)

    @Argument(help: "The model file.") var model: String

    @Option(
        help: ArgumentHelp("The ONNX file to write; an older one is replaced.", valueName: "file"))
    var onnx: String?

    @Option(
        help: ArgumentHelp(
            """
            A STAC Item to write that describes the model, and the ONNX file if there is one \
            (extension mlm); an older one is replaced.
            """, valueName: "file"))
    var mlm: String?

    @Option(
        help: """
            seamless (an image is a scene of its own, without seams) or paper (an image is one of the \
            authors' tiles, of 200 × 200 pixels; heads A and B alone).
            """)
    var geometry = Geometry.seamless

    @Option(
        help: ArgumentHelp(
            """
            Take images of n × n pixels only, an even number from \
            \(ONNXExport.tiles.lowerBound) to \(ONNXExport.tiles.upperBound).
            """, valueName: "n"))
    var tile: Int?

    @Flag(
        name: .customLong("float16"), help: "Compute the trunk with 16-bit floats: half the size.")
    var isHalf = false

    @Flag(help: "Print one JSON object for each file.") var json = false

    func validate() throws {
        guard onnx != nil || mlm != nil else {
            throw ValidationError("Nothing is to be written: give --onnx, --mlm or both.")
        }
        if let tile, !ONNXExport.tiles.contains(tile) || !tile.isMultiple(of: 2) {
            throw ValidationError(
                "--tile must be an even number from \(ONNXExport.tiles.lowerBound) to "
                    + "\(ONNXExport.tiles.upperBound), not \(tile).")
        }
    }

    func run() throws {
        let files = [onnx, mlm].compactMap(\.self)
        try OutputPaths.check(files, inputs: [model])
        for file in files { _ = try AtomicFile(path: file) }
        let bundle = try ModelBundle(reading: model)
        if let onnx { try exportNetwork(of: bundle, to: onnx) }
        guard let mlm else { return }
        let bytes = try MLMItem(bundle, modelPath: model, networkPath: onnx).write(to: mlm)
        guard json else { return print("\(mlm)  STAC Item") }
        let result: JSONValue = [
            "event": "described", "file": .string(mlm), "bytes": .integer(bytes),
            "modelSHA256": .string(bundle.modelHash),
        ]
        print(result.text)
    }

    private func exportNetwork(of bundle: ModelBundle, to onnx: String) throws {
        if geometry == .paper, bundle.refinement != nil || bundle.naming != nil {
            StandardError.warn(
                "In paper geometry there are heads A and B alone: refinements and named classes need "
                    + "seamless geometry.")
        }
        let export = try ONNXExport(
            bundle,
            settings: ONNXExport.Settings(geometry: geometry, tile: tile, isHalf: isHalf))
        let bytes = try export.write(to: onnx)
        show(export, onnx, bytes: bytes)
    }

    private func show(_ export: ONNXExport, _ onnx: String, bytes: Int) {
        let outputs = export.outputs.map { ($0.name, $0.legend.entries.count) }
        guard !json else {
            let result: JSONValue = [
                "event": "exported", "file": .string(onnx), "bytes": .integer(bytes),
                "modelSHA256": .string(export.model.modelHash),
                "geometry": .string(geometry.rawValue),
                "outputs": .array(
                    outputs.map { ["name": .string($0), "classes": .integer($1)] }),
            ]
            print(result.text)
            return
        }
        let list = outputs.map { "\($0) (\($1) classes)" }.joined(separator: ", ")
        print("\(onnx)  \(list)  \((Double(bytes) / 1e5).rounded() / 10) MB")
    }
}
