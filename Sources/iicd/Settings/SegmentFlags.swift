public import ArgumentParser
import Foundation
public import IICInfer

extension Geometry: ExpressibleByArgument {}
extension ScalingSource: ExpressibleByArgument {}
extension Refine: ExpressibleByArgument {}

/// The flags of every command that runs a model on scenes.
struct SegmentFlags: ParsableArguments {
    @Option(
        help: """
            seamless (the map of the whole scene at once) or paper (the authors' way: tiles stand \
            alone, with seams).
            """)
    var geometry = Geometry.seamless

    @Option(
        help: """
            What makes the classes: network (head B alone), mixture (the pixels' own values), or \
            both (the default, where the model has a refinement and the geometry is seamless).
            """)
    var refine: Refine?

    @Flag(help: "The same as --refine network.") var noRefine = false

    @OptionGroup var reading: ReadingFlags

    func validate() throws {
        if let refine, noRefine, refine != .network {
            throw ValidationError("Give either --refine \(refine.rawValue) or --no-refine.")
        }
    }

    var settings: SegmentSettings {
        var settings = reading.settings
        settings.geometry = geometry
        settings.refine = noRefine ? .network : refine
        return settings
    }
}

/// The flags of every command that reads a scene for a model.
struct ReadingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The scene's bands for the model, from 1, if the scene does not name them.",
            valueName: "r,g,b,ir"))
    var bands: BandNumbers?

    @Option(
        help: """
            Scale by the values of the model's training data (model), or of the whole scene \
            (scene), which suits another sensor; or first bring the scene's values to those of the \
            training data, band by band (match), which suits another light.
            """)
    var scaling = ScalingSource.model

    @Flag(help: "Map a scene that claims far more pixels than its files can hold.")
    var force = false

    @Option(help: "Memory limit, such as 512MiB or 4GB.")
    var memory = ByteCount(bytes: 1 << 30)

    @Option(help: ArgumentHelp("Threads that compute (default: one a processor).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must lie between 1 and 1024, not \(threads).")
        }
    }

    var settings: SegmentSettings {
        var settings = SegmentSettings(
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        settings.bands = bands?.bands
        settings.scaling = scaling
        settings.force = force
        settings.memoryLimit = memory.bytes
        return settings
    }
}
