import Foundation
package import IICInfer

/// Answers as a GeoPackage of points: what a person has clicked, to go on with later or to be looked
/// at in QGIS.
package struct AnswerFile: Sendable {
    /// Where the scenes' pixels lie, in their order.
    package struct Scene: Sendable {
        package var path: String
        package var width: Int
        package var height: Int
        package var georeference: Georeference

        package init(path: String, width: Int, height: Int, georeference: Georeference) {
            self.path = path
            self.width = width
            self.height = height
            self.georeference = georeference
        }
    }

    package let path: String
    private let scenes: [Scene]

    private static let layer = "answers"
    private static let item = "IICD_ANSWERS"
    private static let fields: [(name: String, type: PointFile.FieldType)] = [
        ("scene", .text), ("x", .integer), ("y", .integer), ("answer", .text), ("class", .text),
        ("colour", .text),
    ]

    package init(_ path: String, scenes: [Scene]) {
        self.path = path
        self.scenes = scenes
    }

    /// Whether there is one.
    package var exists: Bool { get throws { try FileStamp(path) != nil } }

    /// Writes all answers; the file is replaced when the new one is whole.
    ///
    /// - Parameters:
    ///   - isSimulated: whether a raster of truth has given them.
    ///   - replacing: whether an older file may go.
    /// - Throws: ``VectorError`` or ``AtomicFileError``.
    package func write(_ book: AnswerBook, isSimulated: Bool, replacing: Bool) throws {
        var file = PointFile(name: Self.layer, fields: Self.fields)
        file.points = book.entries.map { entry in
            let scene = scenes[entry.pixel.scene]
            let class_ = book.classes.first { entry.verdict == .named($0.id) }
            let answer =
                switch entry.verdict {
                case .named: "class"
                case .mixed: "mixed"
                case .notSure: "not sure"
                }
            return PointFile.Point(
                x: entry.pixel.x, y: entry.pixel.y,
                values: [
                    .text(scene.path), .integer(entry.pixel.x), .integer(entry.pixel.y),
                    .text(answer), class_.map { .text($0.name) } ?? .none,
                    class_.map { .text(LabellingColour.text($0.colour)) } ?? .none,
                ], place: Self.place(entry.pixel, among: scenes))
        }
        let classes = book.classes.map { known -> JSONValue in
            ["name": .string(known.name), "colour": .string(LabellingColour.text(known.colour))]
        }
        file.metadata[Self.item] =
            (["classes": .array(classes), "simulated": .bool(isSimulated)] as JSONValue).text
        try file.write(to: path, on: scenes[0].georeference, replacing: replacing)
    }

    /// On the ground in the first scene's coordinates, for pixels of others; nil for its own.
    static func place(_ pixel: ScenePixel, among scenes: [Scene]) -> (x: Double, y: Double)? {
        guard pixel.scene > 0 else { return nil }
        let (own, first) = (scenes[pixel.scene].georeference, scenes[0].georeference)
        let centre = MapGrid(own).centre(x: pixel.x, y: pixel.y)
        guard own.transform != nil, own.crs != nil, first.crs != nil, !own.hasSystem(of: first)
        else { return centre }
        return own.coordinates([centre], in: first)?.first ?? centre
    }

    /// Reads what was written.
    ///
    /// - Throws: ``AnswerFileError``, or what opening it throws.
    package func read() throws -> (book: AnswerBook, isSimulated: Bool) {
        let file = try VectorFile(reading: path)
        guard let text = file.metadata(Self.item),
            let about = try? JSONValue(parsing: Array(text.utf8)),
            let layer = file.layers.firstIndex(where: { $0.name == Self.layer })
        else { throw AnswerFileError.notAnswers(path: path) }
        let places = Self.fields.compactMap { file.layers[layer].index(ofField: $0.name) }
        guard places.count == Self.fields.count else {
            throw AnswerFileError.notAnswers(path: path)
        }
        var book = AnswerBook()
        for entry in about["classes"]?.array ?? [] {
            guard let name = entry["name"]?.string else { continue }
            _ = book.id(of: name, colour: entry["colour"]?.string.flatMap(LabellingColour.parsed))
        }
        try file.eachFeature(of: layer, fields: places) { feature in
            let texts = feature.texts
            guard let path = texts[0], let x = texts[1].flatMap({ Int($0) }),
                let y = texts[2].flatMap({ Int($0) })
            else { throw AnswerFileError.notAnswers(path: self.path) }
            guard let scene = scenes.firstIndex(where: { $0.path.shown == path }) else {
                throw AnswerFileError.otherScene(path: self.path, scene: path)
            }
            guard (0..<scenes[scene].width).contains(x), (0..<scenes[scene].height).contains(y)
            else { throw AnswerFileError.outside(path: self.path, scene: path, x: x, y: y) }
            let verdict: AnswerBook.Verdict
            switch texts[3] {
            case "mixed": verdict = .mixed
            case "not sure": verdict = .notSure
            default:
                guard let name = texts[4], !name.isEmpty else {
                    throw AnswerFileError.notAnswers(path: self.path)
                }
                verdict = .named(
                    book.id(of: name, colour: texts[5].flatMap(LabellingColour.parsed)))
            }
            book.answer(ScenePixel(scene: scene, x: x, y: y), verdict)
        }
        return (book, about["simulated"]?.bool ?? false)
    }
}

/// Why saved answers cannot be gone on with.
package enum AnswerFileError: UserError, Equatable {
    case notAnswers(path: String)
    case otherScene(path: String, scene: String)
    case outside(path: String, scene: String, x: Int, y: Int)
    case simulated(path: String)
    /// By another program, or another page.
    case changed(path: String)

    package var exitStatus: ExitStatus { .badInput }

    package var description: String {
        switch self {
        case .notAnswers(let path):
            """
            “\(path)” holds no answers that iicd name has saved: give --overwrite to begin anew, or \
            read its points with --points.
            """
        case .otherScene(let path, let scene):
            """
            “\(path)” holds answers for “\(scene)”, which is not among the scenes: give that one \
            too, as it was named then, or --overwrite to begin anew.
            """
        case .outside(let path, let scene, let x, let y):
            """
            “\(path)” has an answer for the pixel \(x), \(y) of “\(scene)”, which is not so large: \
            it is another scene by that name. Give --overwrite to begin anew.
            """
        case .changed(let path):
            """
            “\(path)” was changed by another program, perhaps by another iicd name: end one of them; what \
            is answered here is not saved there any more.
            """
        case .simulated(let path):
            """
            “\(path)” holds simulated answers, which are for measuring only: give --overwrite to \
            begin anew.
            """
        }
    }
}
