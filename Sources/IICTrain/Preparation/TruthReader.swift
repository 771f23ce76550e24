import IICInfer

/// Reads the classes of a scene's pixels, from colours or from class numbers.
///
/// One thread at a time.
final class TruthReader {
    private enum Source {
        case colours(SceneReader, TruthPalette)
        /// With the class of each value, where a colour table tells.
        case classes(LabelReader, [TruthPalette.Match]?)
    }

    let path: String
    private let source: Source
    /// Pixels that a class was looked for, among them those with a colour that is not quite the
    /// palette's, and those with one that is none of it.
    private(set) var looked = 0
    private(set) var near = 0
    private(set) var unknown = 0
    /// How often some unknown colours come: not all, of a photograph.
    private var unknownColours: [UInt32: Int] = [:]
    private var matches: [UInt32: TruthPalette.Match] = [:]

    /// - Throws: ``PreparationError``, ``RasterError`` or ``TIFFCheckError``.
    init(path: String, palette: TruthPalette?) throws {
        self.path = path
        let reason: String
        do {
            let labels = try LabelReader(path: path)
            var classes: [TruthPalette.Match]?
            if let palette, let table = labels.colourTable {
                classes = table.map { colour in
                    palette.match(colour.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
                }
            }
            source = .classes(labels, classes)
            return
        } catch RasterError.notLabels(_, let why) {
            reason = why
        }
        let scene: SceneReader
        do {
            scene = try SceneReader(path: path, roles: [.red, .green, .blue])
        } catch RasterError.bands {
            throw PreparationError.notTruth(path, reason)
        }
        guard scene.sampleType == .uint8 else {
            throw PreparationError.notTruth(
                path, "its samples are of type \(scene.sampleType.rawValue)")
        }
        guard let palette else { throw PreparationError.needsPalette(path) }
        source = .colours(scene, palette)
    }

    var place: RasterPlace {
        switch source {
        case .colours(let scene, _): scene.place
        case .classes(let labels, _): labels.place
        }
    }

    /// The most frequent unknown colour, for people.
    var commonestUnknown: String {
        guard let most = unknownColours.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
            return "none"
        }
        switch source {
        case .colours: return "(\(most.key >> 16), \(most.key >> 8 & 0xFF), \(most.key & 0xFF))"
        case .classes: return "value \(most.key)"
        }
    }

    /// The labels at some places of a window, counted row by row; all of them unless told.
    func read(_ window: PixelWindow, at places: [Int]? = nil) throws -> [Int32] {
        let places = places ?? Array(0..<window.count)
        looked += places.count
        switch source {
        case .colours(let scene, let palette):
            let (values, valid) = try scene.pixels(in: window)
            var last: (colour: UInt32, match: TruthPalette.Match)?
            return places.map { place in
                guard valid[place] != 0 else { return LabelReader.none }
                let start = place * 3
                let colour =
                    UInt32(values[start]) << 16 | UInt32(values[start + 1]) << 8
                    | UInt32(values[start + 2])
                let match: TruthPalette.Match
                if let last, last.colour == colour {
                    match = last.match
                } else {
                    match = matches[colour] ?? palette.match(colour)
                    // A photograph has as many colours as pixels.
                    if matches.count < 1 << 16 { matches[colour] = match }
                    last = (colour, match)
                }
                return label(of: match, colour: colour)
            }
        case .classes(let labels, let classes):
            let values = try labels.read(window)
            return try places.map { place in
                let value = values[place]
                guard value >= 0, value != ConfusionMatrix.nodata else { return LabelReader.none }
                if let classes {
                    let known = Int(value) < classes.count
                    return label(of: known ? classes[Int(value)] : .unknown, colour: UInt32(value))
                }
                guard value <= EvaluationError.largestClass else {
                    throw PreparationError.classNumber(path, value)
                }
                return value
            }
        }
    }

    private func label(of match: TruthPalette.Match, colour: UInt32) -> Int32 {
        switch match {
        case .exact(let label):
            return label
        case .near(let label):
            near += 1
            return label
        case .unknown:
            unknown += 1
            if unknownColours.count < 4096 || unknownColours[colour] != nil {
                unknownColours[colour, default: 0] += 1
            }
            return LabelReader.none
        }
    }
}
