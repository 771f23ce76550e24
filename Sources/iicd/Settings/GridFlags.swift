import ArgumentParser
import IICInfer

/// The flags that say where scenes are mapped, and at what pixel size they are read.
struct GridFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Map the pixels alone whose centres lie in the polygons of this file, of any format and \
            reference system that OGR reads; elsewhere there is no data.
            """, valueName: "file"))
    var aoi: String?

    @Flag(
        help: """
            Read scenes at the pixel size of the model's training data: larger pixels are means of \
            the scene's, smaller ones lie between them. Maps come back on the scenes' own pixels.
            """)
    var resample = false

    /// - Throws: ``AreaError`` or ``FileError``.
    func apply(to settings: inout SegmentSettings) throws {
        settings.area = try aoi.map { try AreaOfInterest(reading: $0) }
        settings.resample = resample
    }
}
