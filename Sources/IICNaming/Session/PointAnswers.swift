import IICInfer

/// Answers that somebody has written into a vector file: points, or polygons all of whose pixels are of
/// one class.
package struct PointAnswers {
    package let book: AnswerBook
    /// What was left out, and what was taken for granted, as sentences.
    package let notes: [String]

    /// More tell nothing more, and take long.
    package static let most = 5000
    /// The field that says of which scene a point is, where there are several.
    private static let sceneField = "scene"

    /// - Parameters:
    ///   - field: holds the class.
    ///   - seed: draws those that are taken of very many.
    /// - Throws: ``VectorError``, ``NamingError`` or what reading scenes throws.
    package init(
        reading path: String, field: String, for work: NamingWork, seed: UInt64,
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        let scenes = work.scenes.answerScenes
        let fields = try PointReader(path: path, field: field).fields
        let others =
            fields.contains(Self.sceneField)
            ? try Self.ofOtherScenes(path, field: field, scenes: scenes) : nil
        let hasScenes = others != nil
        var found: [(pixel: ScenePixel, name: String)] = []
        // Pixels with names that no legend may have.
        var unusable = 0
        // Classes are in the file's order.
        var first: [String: [Int]] = [:]
        var notes: [String] = []
        for (index, scene) in scenes.enumerated() {
            let reader = try PointReader(
                path: path, field: field,
                selecting: hasScenes
                    ? (Self.sceneField, { $0 == scene.path.shown }) : nil)
            let pixels = try reader.pixels(
                on: PointRaster(
                    path: scene.path, width: scene.width, height: scene.height,
                    georeference: scene.georeference))
            for pixel in pixels.pixels {
                guard Legend.problem(ofName: pixels.name(of: pixel)) == nil else {
                    unusable += 1
                    continue
                }
                let (name, place) = (pixels.name(of: pixel), [Int(pixel.layer), pixel.feature])
                found.append((ScenePixel(scene: index, x: Int(pixel.x), y: Int(pixel.y)), name))
                let before = first[name] ?? place
                first[name] = place.lexicographicallyPrecedes(before) ? place : before
            }
            let sentences = [pixels.exclusions.sentence].compactMap(\.self) + pixels.notes
            if pixels.exclusions[.outside] > 0, scene.georeference.transform == nil {
                notes.append(
                    "“\(scene.path.pathName)” has no place on the ground: points lie on it as QGIS "
                        + "shows it, columns from 0 to the right, rows from 0 to −\(scene.height) "
                        + "downwards.")
            }
            notes +=
                scenes.count > 1
                ? sentences.map { "“\(scene.path.pathName)”: \($0)" } : sentences
        }
        if found.count > Self.most {
            notes.append(
                "\(path.pathName) tells of \(found.count) pixels: \(Self.most) of them are used, "
                    + "drawn by --seed.")
            found = Self.draw(found, seed: seed)
        }
        if unusable > 0 {
            notes.append(
                "\(unusable) \(unusable == 1 ? "pixel has" : "pixels have") a class with control "
                    + "characters and \(unusable == 1 ? "is" : "are") left out.")
        }
        if let others, others > 0 {
            notes.append(
                "\(others) \(others == 1 ? "feature is" : "features are") of other scenes and left "
                    + "out.")
        }
        var book = AnswerBook()
        for (name, _) in first.sorted(by: { $0.value.lexicographicallyPrecedes($1.value) }) {
            _ = book.id(of: name)
        }
        try work.describe(found.map(\.pixel), isCancelled: isCancelled)
        var empty = 0
        for (pixel, name) in found {
            guard try work.hasData(pixel) else {
                empty += 1
                continue
            }
            book.answer(pixel, .named(book.id(of: name)))
        }
        if empty > 0 {
            notes.append(
                "\(empty) \(empty == 1 ? "pixel holds" : "pixels hold") no data in the scene and "
                    + "\(empty == 1 ? "is" : "are") left out.")
        }
        self.book = book
        self.notes = notes
    }

    /// How many features say that they are of a scene that is not among these; nil where none is of
    /// these, because the field means something else then.
    private static func ofOtherScenes(
        _ path: String, field: String, scenes: [AnswerFile.Scene]
    ) throws -> Int? {
        var (own, others) = (0, 0)
        let known = Set(scenes.map(\.path.shown))
        let reader = try PointReader(
            path: path, field: field,
            selecting: (
                Self.sceneField,
                { text in
                    if known.contains(text) { own += 1 } else { others += 1 }
                    return false
                }
            ))
        _ = try reader.pixels(
            on: PointRaster(
                path: scenes[0].path, width: scenes[0].width, height: scenes[0].height,
                georeference: scenes[0].georeference))
        return own > 0 ? others : nil
    }

    /// As many of each class as there are, up to an equal share of each: a large polygon must not be
    /// all that is heard.
    private static func draw(
        _ found: [(pixel: ScenePixel, name: String)], seed: UInt64
    ) -> [(pixel: ScenePixel, name: String)] {
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x90))
        let names = Dictionary(grouping: found.indices) { found[$0].name }
        var (rest, kept): (Int, [Int]) = (most, [])
        let order = names.sorted {
            $0.value.count != $1.value.count
                ? $0.value.count < $1.value.count
                : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        for (place, (_, members)) in order.enumerated() {
            let share = min(members.count, rest / (order.count - place))
            kept += random.permutation(members.count).prefix(share).map { members[$0] }
            rest -= share
        }
        return kept.sorted().map { found[$0] }
    }
}
