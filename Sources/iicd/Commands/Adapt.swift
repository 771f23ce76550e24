import ArgumentParser
import Foundation
import IICInfer
import IICTrain

struct Adapt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move a model on to another scene without labels.",
        discussion: """
            Refits the model's refinement to SCENE: where its classes lie there, and their shares. \
            The network, the classes' numbers and their names stay. For another date, another light \
            or another place; the scene is scaled as iicd segment would scale it, so give the same \
            --scaling to both (after --scaling scene, the new model needs none).

            EXAMPLES
              iicd adapt model.safetensors next-year.tif -o next-year.safetensors
              iicd adapt model.safetensors haze.tif -o haze.safetensors --scaling match
            """)

    @Argument(help: "The model file.") var model: String

    @Argument(help: "The scene: any raster that GDAL reads.") var scene: String

    @Option(name: [.customShort("o"), .long], help: "The model to write.") var output: String

    @OptionGroup var flags: ReadingFlags

    @Option(help: "Another seed draws other pixels.") var seed: UInt64 = 1

    @Flag(help: "Replace an older model.") var overwrite = false

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        Interruption.install()
        try ModelOutput.check(output, inputs: [model], overwrite: overwrite)
        let bundle = try ModelBundle(reading: model)
        let adaptation = try ModelAdaptation(
            model: bundle, job: SegmentJob(model: bundle, settings: flags.settings))
        let bar = ProgressBar(label: "adapt", unit: "tiles", json: json)
        defer { bar.finish() }
        let adapted = try adaptation.run(
            scene: scene, seed: seed, warn: { StandardError.warn($0) },
            progress: { bar.update(done: Double($0), of: Double($1), note: "measuring the scene") },
            isCancelled: { Interruption.requested })
        try adapted.write(to: output)
        bar.finish()
        show(before: bundle, after: adapted)
    }

    private func show(before: ModelBundle, after: ModelBundle) {
        func shares(_ model: ModelBundle) -> [Double] {
            model.refinement?.logShares.map { exp($0) } ?? []
        }
        let classes = zip(before.legend.entries, zip(shares(before), shares(after)))
        for (entry, shares) in classes where shares.0 > 0.01 && shares.1 < shares.0 / 20 {
            StandardError.warn(
                "“\(entry.name)” has lost almost all of its pixels, and others may have become "
                    + "something else: look at a map, and try --scaling match.")
        }
        guard !json else {
            let list = classes.map { entry, shares -> JSONValue in
                [
                    "name": .string(entry.name), "before": .number(shares.0),
                    "after": .number(shares.1),
                ]
            }
            let result: JSONValue = [
                "event": "adapted", "model": .string(output),
                "modelSHA256": .string(after.modelHash),
                "shares": .array(list),
            ]
            print(result.text)
            return
        }
        let text = classes.map { entry, shares in
            let (old, new) = ((shares.0 * 1000).rounded() / 10, (shares.1 * 1000).rounded() / 10)
            return "\(entry.name) \(old) → \(new) %"
        }
        print("\(output)  \(text.joined(separator: ", "))")
        if flags.scaling == .match { print("Segment with --scaling match too.") }
    }
}
