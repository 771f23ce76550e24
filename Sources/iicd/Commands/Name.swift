import ArgumentParser
import Foundation
import IICInfer
import IICNaming
import IICTrain

struct Name: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give classes names: a few clicks make clusters a map of known classes.",
        discussion: """
            Opens a page that shows one pixel after another, asks what it is, and learns a map from \
            the answers; 24 make a good one, 72 a better one. NAMED is a model as any other.

            EXAMPLES
              iicd name model.safetensors scene.tif -o named.safetensors
              iicd segment scene.tif -m named.safetensors -o map.tif
            """)

    @Argument(help: "The model file.") var model: String

    @Argument(help: "The scenes that are named: any rasters that GDAL reads.")
    var scenes: [String]

    @Option(name: [.customShort("o"), .long], help: "The model to write.") var output: String

    @OptionGroup var flags: ReadingFlags

    @Option(
        help: ArgumentHelp(
            """
            Take the answers from rasters of true classes, one for each scene: for measuring, never \
            for maps that are used.
            """, valueName: "truth"))
    var simulate: [String] = []

    @Option(help: ArgumentHelp("With --simulate: proposals that are answered.", valueName: "n"))
    var clicks = 24

    @Option(help: "Another seed draws other pixels.") var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        Interruption.install()
        let bundle = try ModelBundle(reading: model)
        let opened = try NamingScenes(scenes, model: bundle, settings: flags.settings)
        for note in try opened.notes() { StandardError.warn(note) }
        let begin = ContinuousClock.now
        let ground = try NamingGround(
            opened, units: min(clicks, NamingGround.coarseUnits), seed: seed,
            isCancelled: { Interruption.requested })
        print("ground", ContinuousClock.now - begin)
        let work = NamingWork(opened, ground: ground, seed: seed)
        let truths = try zip(opened.readers, simulate).map {
            try SceneEvaluator(scene: $0, truth: $1)
        }
        let book = try Simulation.answer(clicks, work: work) { pixel in
            let truth = truths[pixel.scene]
            guard let value = try truth.truth(x: pixel.x, y: pixel.y) else { return nil }
            return value < truth.names.count && !truth.names[value].isEmpty
                ? truth.names[value] : "\(value)"
        }
        let fitted = ContinuousClock.now
        let fit = try work.fit(book)
        print("fit", ContinuousClock.now - fitted, fit?.agreement ?? -1, book.entries.count)
        print("all", ContinuousClock.now - begin)
        try work.model(book).write(to: output)
    }
}
