import ArgumentParser
import Foundation
import IICInfer
import IICNaming

/// The command's name is `legend`; the type's is not, since that is a model's legend.
struct LegendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "legend",
        abstract: "Show and change the names and colours of a model's classes.",
        discussion: """
            A class is known by its value in the map, from 0: without a name of its own, the value 0 \
            is called “Class 1”. Changes are made in this order: --like, --import, --rename, --colour. \
            The model is replaced unless -o names another. Names and colours change neither a map's \
            pixels nor the model's hash; iicd segment with the changed model makes again what shows \
            them.

            --like OLD gives the model the numbers, names and colours of another one, such as that \
            before it was trained again: both label the same pixels of the scenes, and classes are \
            matched one to one. --gallery shows on one page what each class looks like. Both look at \
            \(GalleryScan.windows) windows of \(SceneSample.side) × \(SceneSample.side) pixels of \
            larger scenes.

            EXAMPLES
              iicd legend model.safetensors
              iicd legend model.safetensors --rename "3=water" "1=pine forest" --colour "3=#1f77b4"
              iicd legend model.safetensors --export names.csv
              iicd legend model.safetensors --import names.csv -o named.safetensors
              iicd legend new.safetensors --like old.safetensors scene.tif
              iicd legend model.safetensors --gallery classes.html --scene scene.tif
            """)

    @Argument(help: "The model file.") var model: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Change names.", valueName: "value=name"))
    var rename: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Change colours.", valueName: "value=#rrggbb"))
    var colour: [String] = []

    @Option(
        name: .customLong("import"),
        help: ArgumentHelp(
            "Take all names and colours from a table (.csv: value,name,colour) or a QGIS style (.qml).",
            valueName: "file"))
    var importPath: String?

    @Option(
        name: .customLong("export"),
        help: ArgumentHelp(
            "Write names and colours to a table (.csv) or a QGIS style (.qml).", valueName: "file"))
    var exportPath: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Take an older model's numbers, names and colours, by the pixels of these scenes.",
            valueName: "old scene"))
    var like: [String] = []

    @Option(
        help: ArgumentHelp(
            "Write a page with each class's share, spectrum, neighbours and places.",
            valueName: "file.html"))
    var gallery: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The scenes for --like and --gallery.", valueName: "scene"))
    var scene: [String] = []

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write the changed model here and leave MODEL.", valueName: "model"))
    var output: String?

    @Flag(help: "Replace an older model that -o names.") var overwrite = false

    @Option(help: "Another seed draws other windows of large scenes.") var seed: UInt64 = 1

    @OptionGroup var flags: SegmentFlags

    @OptionGroup var grid: GridFlags

    @Flag(help: "Print one JSON object.") var json = false

    private var old: String? { like.first }
    var scenes: [String] { like.dropFirst() + scene }
    private var changes: Bool {
        !rename.isEmpty || !colour.isEmpty || importPath != nil || old != nil
    }

    func validate() throws {
        if old != nil || gallery != nil {
            guard !scenes.isEmpty else {
                throw ValidationError(
                    "\(old == nil ? "--gallery" : "--like") needs scenes: give them with --scene.")
            }
        } else if !scene.isEmpty {
            throw ValidationError("--scene goes with --like or --gallery.")
        }
        if output != nil && !changes {
            throw ValidationError("-o goes with --rename, --colour, --import or --like.")
        }
    }

    func run() throws {
        Interruption.install()
        try checkPaths()
        let before = try ModelBundle(reading: model)
        var bundle = before
        var matching: ClassMatching?
        if let old {
            matching = try match(bundle, with: old)
            if let matching {
                bundle = matching.apply(to: bundle, from: try ModelBundle(reading: old).legend)
            }
        }
        if let importPath {
            bundle.legend = try LegendFile(importPath).read(
                classes: bundle.mapClasses)
        }
        try bundle.legend.renameClasses(rename)
        try bundle.legend.recolour(colour)
        let page = try gallery.map { _ in try self.page(of: bundle) }
        if changes {
            for sentence in bundle.legend.duplicates { StandardError.warn(sentence) }
            if output != nil || bundle != before { try bundle.write(to: output ?? model) }
        }
        if let exportPath { try LegendFile(exportPath).write(bundle.legend) }
        if let gallery, let page { try AtomicFile.write(page, to: gallery) }
        let table = LegendTable(
            bundle, path: output ?? model, matching: matching, gallery: gallery)
        if json { print(table.json.text) } else { table.show() }
    }

    /// Before any work: nothing that is read, and no model but by --overwrite, is replaced.
    private func checkPaths() throws {
        if let exportPath { _ = try LegendFile(exportPath) }
        if let importPath { _ = try LegendFile(importPath) }
        let outputs = [exportPath, gallery].compactMap(\.self)
        let inputs = [model, old, importPath, grid.aoi, output].compactMap(\.self) + scenes
        try OutputPaths.check(outputs, inputs: inputs)
        for file in outputs { _ = try AtomicFile(path: file) }
        guard changes else { return }
        guard let output else {
            _ = try AtomicFile(path: model)
            return
        }
        try ModelOutput.check(
            output, inputs: [model, old].compactMap(\.self), overwrite: overwrite)
    }
}
