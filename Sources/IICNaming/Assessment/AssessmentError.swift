package import IICInfer

/// Why a map cannot be assessed.
package enum AssessmentError: UserError, Equatable {
    case emptyMap(map: String)
    case tooManyClasses(map: String)
    case tooFew(points: Int, classes: Int)
    case tooMany(points: Int, pixels: Int)
    /// - Parameter exclusions: what was left out of the points, as a sentence.
    case noPoints(points: String, map: String, exclusions: String?, hasPlace: Bool)
    case noMatch(points: String, map: String, names: [String], classes: [String])
    case ambiguousName(name: String, map: String, values: [Int32])
    case notASample(path: String, reason: String)
    /// What a page may not ask for while a sample is labelled.
    case fixedClasses
    case blind

    package var exitStatus: ExitStatus {
        switch self {
        case .tooFew, .tooMany, .fixedClasses, .blind: .usage
        default: .badInput
        }
    }

    package var description: String {
        switch self {
        case .emptyMap(let map):
            "No pixel of “\(map)” has a class: there is nothing to assess."
        case .tooManyClasses(let map):
            """
            “\(map)” has more than \(MapStrata.most) different numbers: is it a raster of classes?
            """
        case .tooFew(let points, let classes):
            """
            \(points) points are too few for \(classes) classes, which need two each to have a standard \
            error: give --draw \(2 * classes) or more.
            """
        case .tooMany(let points, let pixels):
            "\(points) points are more than the \(pixels) pixels that have a class: draw fewer."
        case .noPoints(let points, let map, let exclusions, let hasPlace):
            "No point of “\(points)” tells the class of a pixel of “\(map)”."
                + (exclusions.map { " \($0)" } ?? "")
                + (hasPlace
                    ? ""
                    : " The map has no place: x counts columns, and y is minus the row.")
        case .noMatch(let points, let map, let names, let classes):
            """
            None of the classes of “\(points)” (\(Self.list(names))) is one of “\(map)” \
            (\(Self.list(classes))): give its numbers or names.
            """
        case .ambiguousName(let name, let map, let values):
            """
            “\(Self.line(name))” is the name of several classes of “\(map)” (\
            \(values.map(String.init).joined(separator: ", "))): give their numbers.
            """
        case .notASample(let path, let reason):
            "“\(path)” is no sample that iicd drew: \(reason)."
        case .fixedClasses:
            "The classes of a map that is assessed keep their names: answer its points anew."
        case .blind:
            "A sample is labelled without the map."
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(12).map { line($0) }.joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }

    /// A name on one line, of a bounded length.
    package static func line(_ name: String) -> String {
        let text = name.split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
