import ArgumentParser
import Foundation
import IICInfer
import IICNaming
import IICWeb

struct Assess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how right a map is, by a sample of its pixels.",
        discussion: """
            MAP is any raster of one band of class numbers. --draw writes a random sample of its \
            pixels; someone who does not look at the map gives each point its true class. --label opens \
            a page that shows one point after another in a scene and asks for it; in another program, \
            the field “reference” takes a number or a name of the map's. --points then prints \
            accuracies and areas, each with half of its 95 % interval (Olofsson et al. 2014).

            EXAMPLES
              iicd assess map.tif --draw 200 -o sample.gpkg
              iicd assess map.tif --label scene.tif --points sample.gpkg
              iicd assess map.tif --points sample.gpkg --field reference
              iicd assess map.tif --points field-visits.shp --field class --report map.html
            """)

    @Argument(help: "A map, or any raster of one band of class numbers.") var map: String

    @Option(help: ArgumentHelp("Draw so many pixels, of every class some.", valueName: "points"))
    var draw: Int?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The GeoPackage that --draw writes.", valueName: "file.gpkg"))
    var output: String?

    @Option(help: "Another seed draws another sample.") var seed: UInt64 = 1

    @Flag(help: "Replace a sample that is there, with all its answers.") var overwrite = false

    @Option(
        help: ArgumentHelp(
            "Open a page to label the sample --points, blind to the map, on a scene that lies on the "
                + "map's pixels; answers are saved as they come.", valueName: "scene"))
    var label: String?

    @OptionGroup var page: PageFlags

    @Option(
        help: ArgumentHelp(
            "The scene's red, green, blue and infrared bands, from 1, if it does not name them.",
            valueName: "r,g,b,ir"))
    var bands: BandNumbers?

    @Option(
        help: ArgumentHelp(
            "Points or polygons whose true class is known: any file that GDAL reads. With --label, "
                + "the sample that --draw wrote.", valueName: "file"))
    var points: String?

    @Option(help: "The field of --points that holds the class, as a number or a name.")
    var field: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("Also write a page with all tables.", valueName: "file.html"))
    var pagePath: String?

    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (draw == nil) != (points == nil) else {
            throw ValidationError(
                "Give --draw POINTS -o FILE for a new sample, --label SCENE --points FILE to label "
                    + "it, or --points FILE --field FIELD for one whose classes are known.")
        }
        guard label != nil || page.isEmpty && bands == nil else {
            throw ValidationError("--listen, --token-file and --bands are for --label.")
        }
        if let draw {
            guard output != nil else { throw ValidationError("--draw needs -o FILE.gpkg.") }
            guard draw > 0 else { throw ValidationError("--draw needs 1 point or more.") }
            guard draw <= Self.mostPoints else {
                throw ValidationError(
                    "--draw can be at most \(Self.mostPoints): nobody labels \(draw) points.")
            }
            guard field == nil, pagePath == nil else {
                throw ValidationError("--field and --report are for --points.")
            }
            guard label == nil else {
                throw ValidationError(
                    "--label is for a sample that is there: draw it first, then label it.")
            }
        } else {
            guard label == nil || field == nil && pagePath == nil else {
                throw ValidationError(
                    "--field and --report are for a sample that is labelled: without --label.")
            }
            guard label != nil || field != nil else {
                throw ValidationError("--points needs --field FIELD, which holds the class.")
            }
            guard output == nil, !overwrite else {
                throw ValidationError("-o and --overwrite are for --draw.")
            }
        }
    }

    private static let mostPoints = 1_000_000

    func run() async throws {
        Interruption.install()
        if let draw, let output {
            try drawSample(of: draw, to: output)
        } else if let label {
            try await openPage(for: points ?? "", on: label)
        } else {
            try assess(by: points ?? "", field: field ?? "")
        }
    }

    private func assess(by points: String, field: String) throws {
        let reader = try LabelReader(path: map)
        if let pagePath {
            try OutputPaths.check([pagePath], rasters: [map], inputs: [points])
            _ = try AtomicFile(path: pagePath)
        }
        let assessment = try Assessment(
            map: reader, points: points, field: field,
            isCancelled: { Interruption.requested })
        let report = AssessmentReport(assessment, map: map, points: points)
        print(json ? report.json.text : report.text)
        for note in [assessment.exclusions.sentence].compactMap(\.self) + assessment.notes {
            StandardError.warn(note)
        }
        if let pagePath { try AtomicFile.write(report.page, to: pagePath) }
    }

    private func drawSample(of count: Int, to path: String) throws {
        let reader = try LabelReader(path: map)
        try OutputPaths.check([path], rasters: [map])
        try PointFile.check(path, replacing: overwrite)
        let strata = try MapStrata(
            counting: reader, isCancelled: { Interruption.requested })
        let allocation = try SampleAllocation(
            pixels: strata.strata.map(\.pixels), total: count)
        try MapSample.draw(
            allocation, from: reader, strata: strata, seed: seed, to: path, replacing: overwrite,
            isCancelled: { Interruption.requested })
        let report = SampleReport(
            strata: strata, allocation: allocation, seed: seed, map: map, sample: path)
        print(json ? report.json.text : report.text)
    }
}
