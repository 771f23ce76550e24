public import ArgumentParser
public import IICInfer

/// The flags of the map's polygons.
struct PolygonFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Also write the map's patches as polygons of a GeoPackage, with class, name, area in m² \
            and pixels.
            """, valueName: "file|folder"))
    var polygons: String?

    @Option(
        help: ArgumentHelp(
            "Leave out polygons that are smaller, such as 500 (m²) or 30px.", valueName: "size"))
    var minArea: PatchSize?

    func validate() throws {
        guard minArea == nil || polygons != nil else {
            throw ValidationError("--min-area is for --polygons, which is not given.")
        }
    }
}

extension PatchSize: ExpressibleByArgument {
    /// `500` or `0.5` for m², `30px` for pixels.
    public init?(argument: String) {
        if argument.hasSuffix("px") {
            guard let count = Int(argument.dropLast(2)), count > 0 else { return nil }
            self = .pixels(count)
        } else {
            // Only digits and a point: `Double` would also take "inf", "1e9" and "0x10".
            guard argument.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
                let value = Double(argument), value > 0, value.isFinite
            else { return nil }
            self = .squareMetres(value)
        }
    }
}
