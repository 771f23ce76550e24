import ArgumentParser
import IICInfer

/// The flags of every command that makes maps, for what it makes beside them in the same pass.
struct OutputFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also write the overclusters (head A's classes).", valueName: "file|folder"))
    var overclusters: String?

    @Option(help: ArgumentHelp("Also draw the map as a PNG.", valueName: "file|folder"))
    var preview: String?

    @Option(
        help: ArgumentHelp(
            """
            Also write how sure the classes are: their probability and its margin to the second, \
            two bands in per cent.
            """, valueName: "file|folder"))
    var confidence: String?

    @Option(
        help: ArgumentHelp(
            "Also write the probabilities of all classes, a band each in per cent.",
            valueName: "file|folder"))
    var probabilities: String?

    @Flag(help: "With --probabilities: 32-bit floats from 0 to 1, not per cent.")
    var float = false

    @OptionGroup var polygons: PolygonFlags

    @Option(
        help: ArgumentHelp(
            "Also write a QGIS style of the map; QGIS finds MAP.qml beside MAP.tif by itself.",
            valueName: "file|folder"))
    var qml: String?

    @Option(
        help: ArgumentHelp(
            "Also write a STAC Item that describes the map and its other files.",
            valueName: "file|folder"))
    var stac: String?

    func validate() throws {
        if float && probabilities == nil {
            throw ValidationError("--float needs --probabilities, whose values it is about.")
        }
    }

    /// What was asked for: a new output is one entry here.
    var requests: [OutputRequest] {
        let form = float ? ProbabilityMap.Form.floats : .percent
        let least = polygons.minArea
        let all: [OutputRequest?] = [
            OutputRequest("--overclusters", overclusters, ending: "overclusters.tif") { path, _ in
                LabelMap(.overclusters, path: path)
            },
            OutputRequest("--preview", preview, ending: "png") { path, _ in
                PreviewPicture(path: path)
            },
            OutputRequest("--confidence", confidence, ending: "confidence.tif") { path, _ in
                ConfidenceMap(path: path)
            },
            OutputRequest("--probabilities", probabilities, ending: "probabilities.tif") {
                path, network in
                ProbabilityMap(classes: network.classes, form: form, path: path)
            },
            OutputRequest("--polygons", polygons.polygons, ending: "gpkg") { path, _ in
                PolygonLayer(path: path, least: least)
            },
            OutputRequest("--qml", qml, ending: "qml") { path, _ in QGISStyle(path: path) },
            // The last one, since it lists all that are made before it.
            OutputRequest("--stac", stac, ending: "json") { path, _ in STACItem(path: path) },
        ]
        return all.compactMap(\.self)
    }
}
