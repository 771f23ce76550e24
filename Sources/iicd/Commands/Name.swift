import ArgumentParser
import IICInfer
import IICNaming
import IICTrain
import IICWeb
import Logging

struct Name: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name classes: a few clicks make a map of known classes.",
        discussion: """
            Opens a page that shows one pixel after another and asks what it is; after each answer it \
            shows the map. 24 answers make a good one, 72 a better one. They are saved beside NAMED, \
            and the same command goes on with them. NAMED is a model as any other.

            Without a browser: --propose writes the pixels to be named, --points takes them back, or \
            any other points or polygons with a field for their class; --assign names and merges the \
            model's own classes by their numbers in a map.

            EXAMPLES
              iicd name model.safetensors scene.tif -o named.safetensors
              iicd segment scene.tif -m named.safetensors -o map.tif
              iicd name model.safetensors scene.tif --propose 24 -o points.gpkg
              iicd name model.safetensors scene.tif --points points.gpkg -o named.safetensors
              iicd name model.safetensors --assign "3,7=water" "1=forest" -o named.safetensors
            """)

    @Argument(help: "The model file.") var model: String

    @Argument(help: "The scenes to be named: any rasters that GDAL reads.")
    var scenes: [String] = []

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The model to write, or with --propose the points.", valueName: "named"))
    var output: String

    @OptionGroup var page: PageFlags

    @Option(
        help: ArgumentHelp("Write so many points to be named, and a page of them.", valueName: "n"))
    var propose: Int?

    @Option(
        help: ArgumentHelp(
            "Take the answers from points or polygons: any file that GDAL reads.",
            valueName: "file"))
    var points: String?

    @Option(help: "The field of --points that holds the class.")
    var field = Proposals.field

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Name and merge the model's own classes, by their numbers in a map; repeatable.",
            valueName: "numbers=name"))
    var assign: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Take the answers from a raster of true classes (repeat it for each scene): for measuring, \
            never for maps that are used.
            """, valueName: "truth"))
    var simulate: [String] = []

    @Option(help: ArgumentHelp("Proposals that --simulate answers.", valueName: "n"))
    var clicks: Int?

    @Option(help: "Another seed draws other pixels.") var seed: UInt64 = 1

    @Flag(help: "Begin anew where answers or points are there already.") var overwrite = false

    @Flag(help: "Print one JSON object.") var json = false

    @OptionGroup var flags: ReadingFlags

    func validate() throws {
        let modes = [propose != nil, points != nil, !assign.isEmpty, !simulate.isEmpty]
        guard modes.filter(\.self).count <= 1 else {
            throw ValidationError(
                "Give one of --propose, --points, --assign and --simulate, or none for the page.")
        }
        guard !modes.contains(true) || page.isEmpty else {
            throw ValidationError("--listen and --token-file are for the page.")
        }
        guard !assign.isEmpty || !scenes.isEmpty else {
            throw ValidationError("Give the scenes to be named after the model.")
        }
        guard clicks == nil || !simulate.isEmpty else {
            throw ValidationError("--clicks is for --simulate.")
        }
        guard simulate.isEmpty || simulate.count == scenes.count else {
            throw ValidationError(
                "--simulate needs one raster for each of the \(scenes.count) scenes, and was given "
                    + "\(simulate.count).")
        }
        for (flag, count) in [("--propose", propose), ("--clicks", clicks)] {
            guard (1...10_000).contains(count ?? 1) else {
                throw ValidationError("\(flag) must lie between 1 and 10000.")
            }
        }
        for text in assign where ClassAssignment(parsing: text) == nil {
            throw ValidationError(
                "“\(text)” is not of the form NUMBERS=NAME, such as 3,7=water.")
        }
    }

    /// What is said of several scenes in the same words is said of the first, with how many more.
    static func once(_ notes: [String], scenes: [String]) -> [String] {
        func words(_ note: String) -> String {
            scenes.reduce(note) { $0.replacing("“\($1)”", with: "“”") }
        }
        let groups = Dictionary(grouping: notes, by: words)
        var seen: Set<String> = []
        return notes.compactMap { note in
            guard seen.insert(words(note)).inserted else { return nil }
            let more = (groups[words(note)]?.count ?? 1) - 1
            return more == 0 ? note : "\(note) The same holds for \(more) more of the scenes."
        }
    }

    func run() async throws {
        Interruption.install()
        let bundle = try ModelBundle(reading: model)
        try checkOutput()
        guard assign.isEmpty else { return try assignClasses(of: bundle) }
        let opened = try NamingScenes(scenes, model: bundle, settings: flags.settings)
        let notes = try opened.notes()
        for note in Self.once(notes, scenes: scenes) { StandardError.warn(note) }
        if propose != nil {
            try writeProposals(opened)
        } else if let points {
            try learn(from: points, opened)
        } else if !simulate.isEmpty {
            try answerByTruth(opened)
        } else {
            try await openPage(opened, notes: notes)
        }
    }
}
