import ArgumentParser
import IICInfer
import IICTrain

struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a folder of tiles from scenes and their truth.",
        discussion: """
            Scales scenes of 8 bits, cuts them into tiles and numbers these in random order: \
            imgs/N.mat, gt/N.mat where truth is known, and the lists unlabelled_train.txt, \
            labelled_train.txt and labelled_test.txt. tiles.csv says where each is from. Truth \
            belongs to the scene of the same name, but for the last word that most scenes or most \
            truths end in, and further ones that all do: a_2_RGBIR.tif and a_2_label.tif. It is one \
            band of class numbers, or a picture whose colours --palette explains.

            PRESETS
              potsdam3, potsdam6
                         what the IIC authors made of ISPRS Potsdam, with 3 and 6
                         classes: --scale 0.5 --tile 200 --bands 1,2,3,4 and the
                         palette of that name. DATA is the unpacked archive, with
                         4_Ortho_RGBIR and 5_Labels_for_participants (or
                         5_Labels_all) in it

            PALETTE
              One colour a line: red, green, blue and a class's name, such as
              “0 0 255 building”. Classes are numbered from 0 as they come;
              “unlabelled” is none.

            EXAMPLES
              iicd prepare Potsdam -o potsdam3 --preset potsdam3
              iicd prepare scenes --truth truths --palette colours.txt -o tiles
              iicd prepare a.tif --truth classes.tif --scale 0.25 --tile 128 -o tiles
              iicd prepare scenes --truth truths --test 2_13,2_14 -o tiles
            """)

    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case potsdam3, potsdam6

        var palette: TruthPalette { self == .potsdam3 ? .potsdam3 : .potsdam6 }
    }

    @Argument(help: "Scenes, or folders of scenes.") var data: [String]

    @Option(name: .shortAndLong, help: "The folder to write to; created if missing.")
    var output: String

    @Option(help: "Settings to start from; see PRESETS.") var preset: Preset?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Truth of the scenes, or folders of it.", valueName: "raster"))
    var truth: [String] = []

    @Option(
        help: ArgumentHelp(
            "Pixels of the tiles per pixel of the scenes, at most 1 (default: 1); means of pixels.",
            valueName: "ratio"))
    var scale: Double?

    @Option(help: "Pixels a side of a tile (default: 200); what fills none is left out.")
    var tile: Int?

    @Option(
        help: ArgumentHelp(
            "The colours of truth: potsdam3, potsdam6 or a file; see PALETTE.", valueName: "file"))
    var palette: String?

    @Option(
        help: ArgumentHelp(
            """
            How far a colour may lie from the palette's, of 255 (default: 0; of potsdam3 and \
            potsdam6 127, since two truths of the archive are not in its colours exactly).
            """, valueName: "n"))
    var tolerance: Int?

    @Option(
        help: ArgumentHelp(
            "Share of a truth's pixels whose colours may stand for nothing; they stay unlabelled.",
            valueName: "share"))
    var unknown = 0.001

    @Option(
        name: .customLong("truth-by"),
        help: ArgumentHelp("How labels are scaled: nearest, majority.", valueName: "rule"))
    var resampling = PreparationSettings.Resampling.nearest

    @Option(
        help: ArgumentHelp(
            """
            Tiles of labelled_test.txt: a share of all tiles, drawn from those with truth, or the \
            names of scenes (default: 0.1).
            """, valueName: "share|name,…"))
    var test: String?

    @Option(help: ArgumentHelp("Scenes' bands, from 1.", valueName: "r,g,b,ir"))
    var bands: BandNumbers?

    @Option(help: "Another seed numbers and lists the tiles otherwise.") var seed: UInt64 = 1

    @Flag(help: "Replace a dataset that iicd prepare wrote.") var overwrite = false

    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if let scale, !(scale > 0 && scale <= 1) {
            throw ValidationError("--scale must lie above 0 and be at most 1, not \(scale).")
        }
        if let tile, !(16...10_000).contains(tile) {
            throw ValidationError("--tile must lie between 16 and 10000, not \(tile).")
        }
        if let tolerance, !(0...255).contains(tolerance) {
            throw ValidationError("--tolerance must lie between 0 and 255, not \(tolerance).")
        }
        guard (0...1).contains(unknown) else {
            throw ValidationError("--unknown must lie between 0 and 1, not \(unknown).")
        }
        if let share = test.flatMap(Double.init), !(0...1).contains(share) {
            throw ValidationError("--test must lie between 0 and 1, or name scenes, not \(share).")
        }
        if let numbers = bands?.bands,
            numbers.count != trainingRoles.count || numbers.min() ?? 0 < 1
        {
            let text = numbers.map(String.init).joined(separator: ",")
            throw ValidationError("--bands needs four numbers such as 1,2,3,4, not “\(text)”.")
        }
    }

    func run() throws {
        Interruption.install()
        let settings = try settings()
        let (scenes, truths) = try files()
        if preset != nil, truths.isEmpty {
            StandardError.warn(
                "There is no truth: --preset finds it in a folder 5_Labels_for_participants or "
                    + "5_Labels_all beside 4_Ortho_RGBIR in the folder that is given, or name it by "
                    + "--truth.")
        }
        let preparation = try DatasetPreparation(
            scenes: scenes, truths: truths, folder: output, settings: settings,
            overwrite: overwrite)
        for note in Name.once(preparation.notes, scenes: scenes) { StandardError.warn(note) }
        let bar = ProgressBar(label: "prepare", unit: "tiles", json: json)
        defer { bar.finish() }
        let summary = try preparation.run(
            warn: { bar.say("iicd: note: \($0)") },
            progress: { bar.update(done: Double($0), of: Double($1)) },
            isCancelled: { Interruption.requested })
        bar.finish()
        let names = settings.palette?.names ?? []
        print(json ? text(of: summary, names) : table(of: summary, names, tile: settings.tile))
    }

    private func settings() throws -> PreparationSettings {
        var settings = preset.map { .potsdam($0.palette) } ?? PreparationSettings()
        if let scale { settings.scale = scale }
        if let tile { settings.tile = tile }
        switch palette {
        case nil: break
        case "potsdam3": settings.palette = .potsdam3
        case "potsdam6": settings.palette = .potsdam6
        case .some(let path): settings.palette = try TruthPalette(file: path)
        }
        if let tolerance { settings.palette?.tolerance = tolerance }
        settings.resampling = resampling
        if let test {
            let names = test.split(separator: ",").map(String.init)
            settings.test = Double(test).map { .share($0) } ?? .scenes(names)
        }
        settings.seed = seed
        if let bands { settings.bands = bands.bands }
        settings.unknownShare = unknown
        return settings
    }

    /// The scenes and what is known of them.
    private func files() throws -> (scenes: [String], truths: [String]) {
        if preset != nil, data.count == 1, PathCalls.isFolder(data[0]),
            let archive = try RasterFiles.potsdam(in: data[0])
        {
            let truths = truth.isEmpty ? [archive.truths].compactMap(\.self) : truth
            return (try RasterFiles.list([archive.scenes]), try RasterFiles.list(truths))
        }
        return (try RasterFiles.list(data), try RasterFiles.list(truth))
    }

    private func table(
        of summary: DatasetPreparation.Summary, _ names: [String], tile: Int
    ) -> String {
        let lists = summary.lists.map { "\($0.name) \($0.tiles)" }.joined(separator: ", ")
        var lines = [
            "\(output)  \(summary.tiles) tiles of \(tile) × \(tile) from \(summary.scenes) "
                + "\(summary.scenes == 1 ? "scene" : "scenes"), \(summary.labelledTiles) with truth"
        ]
        if summary.labelledTiles > 0 {
            lines.append(
                "truth  \(shares(of: summary, names).map { "\($0) \($1) %" }.joined(separator: ", "))"
            )
        }
        return (lines + ["lists  \(lists)"]).joined(separator: "\n")
    }

    /// Each class's name and its share of all pixels with truth, in per cent to one place.
    private func shares(
        of summary: DatasetPreparation.Summary, _ names: [String]
    ) -> [(name: String, share: Double)] {
        let all = Double(max(1, summary.pixels.reduce(summary.unlabelledPixels, +)))
        func share(_ pixels: Int) -> Double { (Double(pixels) / all * 1000).rounded() / 10 }
        let classes = summary.pixels.enumerated().map { label, pixels in
            (label < names.count ? names[label] : "class \(label)", share(pixels))
        }
        let rest = summary.unlabelledPixels
        return classes + (rest > 0 ? [(TruthPalette.unlabelled, share(rest))] : [])
    }

    private func text(of summary: DatasetPreparation.Summary, _ names: [String]) -> String {
        let classes = summary.pixels.enumerated().map { label, pixels -> JSONValue in
            [
                "value": .integer(label), "pixels": .integer(pixels),
                "name": .string(label < names.count ? names[label] : "class \(label)"),
            ]
        }
        let result: JSONValue = [
            "event": "prepared", "folder": .string(output), "scenes": .integer(summary.scenes),
            "tiles": .integer(summary.tiles), "labelledTiles": .integer(summary.labelledTiles),
            "classes": .array(classes), "unlabelledPixels": .integer(summary.unlabelledPixels),
            "lists": .object(
                Dictionary(summary.lists.map { ($0.name, .integer($0.tiles)) }) { $1 }),
        ]
        return result.text
    }
}

extension PreparationSettings.Resampling: ExpressibleByArgument {}
