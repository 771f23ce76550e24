package import IICInfer

/// Labelling a map's sample as a page sees it: blind, since nothing of the map but the names of its
/// classes is known here. One call at a time, from any thread.
package final class AssessmentSession: LabellingTask, @unchecked Sendable {
    /// As it was read.
    private let sample: MapSample
    private let scene: SceneReader
    private let painter: ScenePainter
    private let saving: AnswerSaving<[String?]>
    private let notes: [String]
    private let commands: [String]
    /// The answers of the file.
    private let first: AssessmentBook

    private var classes: AssessmentClasses
    private var book: AssessmentBook
    private var before: [AssessmentBook] = []
    private var revision = 1
    private var result: LabellingState.Result?

    /// - Parameters:
    ///   - sample: with the answers to go on with.
    ///   - commands: what one might type when it is labelled.
    /// - Throws: ``AssessmentError`` where sample and map do not fit, or what reading scenes throws.
    package init(
        _ sample: MapSample, of map: LabelReader, strata: MapStrata, scene: ReferenceScene,
        commands: [String]
    ) throws {
        guard !sample.points.isEmpty else {
            throw AssessmentError.notASample(path: sample.path, reason: "it has no points")
        }
        for point in sample.points
        where !(0..<map.width).contains(point.x) || !(0..<map.height).contains(point.y) {
            throw AssessmentError.notASample(
                path: sample.path,
                reason: "point \(point.id), in column \(point.x) and row \(point.y) from 0, lies "
                    + "outside of “\(map.path)”")
        }
        var classes = try AssessmentClasses(strata: strata, map: map)
        var book = AssessmentBook()
        for (place, point) in sample.points.enumerated() {
            guard let text = point.reference else { continue }
            book.answer(place, .named(try classes.id(of: text)))
        }
        self.sample = sample
        self.classes = classes
        self.book = book
        self.commands = commands
        self.scene = scene.reader
        first = book
        notes = scene.notes + Assessment.origin(of: sample.origin, strata: strata)
        painter = try ScenePainter(scene.reader)
        let file = SampleFile(sample)
        saving = AnswerSaving { try file.save($0) }
    }

    private func change(_ body: () throws -> Void) throws {
        let old = book
        try body()
        guard book != old else { return }
        before.append(old)
        changed()
    }

    private func changed() {
        revision += 1
        saving.save(references)
    }

    /// What the file is to say, point by point.
    private var references: [String?] {
        sample.points.indices.map { place in
            // As it was written, where it has the same meaning.
            if book[place] == first[place] { return sample.points[place].reference }
            guard case .named(let id) = book[place] else { return nil }
            return classes.all[id - 1].text
        }
    }

    private func point(_ place: Int) -> LabellingState.Point {
        let point = sample.points[place]
        // By its place: whoever edits the file may have given numbers twice.
        return LabellingState.Point(id: place + 1, scene: 0, x: point.x, y: point.y)
    }

    package func state() throws -> LabellingState {
        let (width, height) = (scene.fileWidth, scene.fileHeight)
        var state = LabellingState(
            kind: .assessment, title: "\(sample.path.pathName) on \(scene.path.pathName)",
            revision: revision,
            scenes: [
                LabellingState.Scene(
                    name: scene.path.pathName, width: width, height: height,
                    pixelMetres: scene.georeference.pixelSizeMetres(width: width, height: height))
            ], steps: [sample.points.count], chipSides: ScenePainter.chipSides, saved: sample.path)
        let counts = book.counts
        state.classes = classes.all.enumerated().compactMap { place, known in
            let answers = counts[place + 1] ?? 0
            // What was added and taken back may have been a slip.
            guard place < classes.mapped || answers > 0 else { return nil }
            return LabellingState.Class(
                id: place + 1, name: known.name, colour: known.colour, answers: answers)
        }
        state.answers = book.order.compactMap { place in
            book[place].map { LabellingState.Answered(point: point(place), verdict: $0) }
        }
        let open = sample.points.indices.lazy.filter { [book] in book[$0] == nil }.prefix(4)
        state.proposal = open.first.map { point($0) }
        state.upcoming = open.dropFirst().map { point($0) }
        state.canUndo = !before.isEmpty
        state.allowsMixed = false
        state.result = result
        state.notes = notes + saving.problem
        return state
    }

    private func place(_ point: Int) throws -> Int {
        guard sample.points.indices.contains(point - 1) else {
            throw NamingSessionError.noPoint(point)
        }
        return point - 1
    }

    package func answer(_ point: Int, _ verdict: LabellingVerdict) throws {
        let place = try place(point)
        try change {
            switch verdict {
            case .named(let id): book.answer(place, .named(id))
            case .new(let name, let colour):
                book.answer(place, .named(try classes.id(of: name, colour: colour)))
            // A point of a sample has one class, or none that can be told.
            case .mixed, .notSure: book.answer(place, .notSure)
            }
        }
    }

    package func remove(_ point: Int) throws {
        let place = try place(point)
        try change { book.remove(place) }
    }

    package func undo() throws {
        guard let last = before.popLast() else { return }
        book = last
        changed()
    }

    package func change(_ classID: Int, name: String, colour: [UInt8]) throws {
        throw AssessmentError.fixedClasses
    }

    package func merge(_ classID: Int, into other: Int) throws {
        throw AssessmentError.fixedClasses
    }

    package func chip(_ point: Int, _ view: ChipView) throws -> [UInt8] {
        let point = sample.points[try place(point)]
        return try painter.chip(ScenePixel(scene: 0, x: point.x, y: point.y), view)
    }

    package func picture(_ part: ScenePart) throws -> [UInt8] { throw AssessmentError.blind }

    package func map(_ part: ScenePart) throws -> [UInt8] { throw AssessmentError.blind }

    package func finish() throws {
        try close()
        let (all, given) = (sample.points.count, book.order.count)
        let named = book.counts.values.reduce(0, +)
        var sentences = ["\(named) of \(all) points have a class."]
        if given > named {
            sentences.append(
                "\(given - named) \(given - named == 1 ? "is" : "are") not sure: without a class "
                    + "they do not count.")
        }
        if all > given {
            sentences.append(
                "\(all - given) \(all - given == 1 ? "has" : "have") no answer yet: the same command "
                    + "goes on with them.")
        }
        result = LabellingState.Result(
            path: sample.path, sentences: sentences, commands: named == 0 ? [] : commands,
            revision: revision)
    }

    /// Waits until all answers are on the disk.
    ///
    /// - Throws: why they are not.
    package func close() throws {
        // What failed before may be possible now.
        saving.save(references)
        try saving.finish()
    }
}
