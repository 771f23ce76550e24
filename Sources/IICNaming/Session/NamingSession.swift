import Foundation
import IICInfer
import Synchronization

/// Naming as a page sees it.
///
/// Its server's lock (`LabellingAPI.task`) lets one call in at a time; ``close()`` comes when the server
/// has ended.
package final class NamingSession: LabellingTask, @unchecked Sendable {
    private let work: NamingWork
    private let file: AnswerFile
    private let saving: AnswerSaving<AnswerBook>
    private let output: String
    private let command: (String) -> [String]
    private let painters: [ScenePainter]
    private let kept: [String]

    private var book: AnswerBook
    private var before: [AnswerBook] = []
    private var revision = 1
    private var fit: AnswerFit?
    private var agreement: Double?
    /// Those of the map, and their shares.
    private var classes: [AnswerBook.Class] = []
    private var shares: [Double] = []
    private var result: LabellingState.Result?
    /// Points by their numbers from 1, and their numbers.
    private var points: [ScenePixel] = []
    private var numbers: [ScenePixel: Int] = [:]
    private var ahead: [ScenePixel] = []

    /// Numbers of answers at which one may well stop.
    private static let steps = [24, 48, 72]

    /// - Parameters:
    ///   - book: answers to go on with.
    ///   - output: the model to be written.
    ///   - command: what one might type next, for a model's path.
    /// - Throws: what reading scenes throws.
    package init(
        _ work: NamingWork, book: AnswerBook, file: AnswerFile, output: String,
        notes: [String], command: @escaping (String) -> [String]
    ) throws {
        self.work = work
        self.book = book
        self.output = output
        self.command = command
        kept = notes
        self.file = file
        // Two pages of two programs must not undo each other's work.
        let last = Mutex(try FileStamp(file.path))
        saving = AnswerSaving { book in
            try last.withLock { last in
                guard try FileStamp(file.path) == last else {
                    throw AnswerFileError.changed(path: file.path)
                }
                try file.write(book, isSimulated: false, replacing: true)
                last = try FileStamp(file.path)
            }
        }
        painters = try work.scenes.readers.map { try ScenePainter($0) }
        try learn()
    }

    /// Learns from all answers, and looks ahead.
    private func learn() throws {
        let fit = try work.fit(book, start: fit?.weights)
        let (classes, ahead) = (try work.classes(book), try work.next(3, after: book, fit: fit))
        shares = fit.map { work.shares($0) } ?? []
        agreement = fit?.agreement(on: work.ground)
        (self.fit, self.classes, self.ahead) = (fit, classes, ahead)
    }

    private func change(_ body: () throws -> Void) throws {
        let old = book
        try body()
        guard book != old else { return }
        try changed(from: old)
        before.append(old)
    }

    /// Learns from the book as it is now; where that cannot be, all is as it was.
    private func changed(from old: AnswerBook) throws {
        do {
            try learn()
        } catch {
            book = old
            throw error
        }
        revision += 1
        saving.save(book)
    }

    private func number(_ pixel: ScenePixel) -> Int {
        if let known = numbers[pixel] { return known }
        points.append(pixel)
        numbers[pixel] = points.count
        return points.count
    }

    private func point(_ pixel: ScenePixel) -> LabellingState.Point {
        LabellingState.Point(
            id: number(pixel), scene: pixel.scene, x: pixel.x, y: pixel.y)
    }

    package func state() throws -> LabellingState {
        let scenes = work.scenes
        var state = LabellingState(
            kind: .naming, title: scenes.paths[0].pathName, revision: revision,
            scenes: scenes.readers.indices.map { index in
                let (width, height) = scenes.size(index)
                return LabellingState.Scene(
                    name: scenes.paths[index].pathName, width: width, height: height,
                    pixelMetres: scenes.pixelMetres[index])
            }, steps: Self.steps, chipSides: ScenePainter.chipSides,
            saved: file.path)
        let hectares = scenes.pixelHectares
        state.classes = book.classes.map { known in
            var shown = LabellingState.Class(
                id: known.id, name: known.name, colour: known.colour,
                answers: book.entries.filter { $0.verdict == .named(known.id) }.count)
            if let place = classes.firstIndex(where: { $0.id == known.id }), place < shares.count {
                shown.share = shares[place]
                shown.hectares = hectares.map {
                    $0 * shares[place] * work.ground.sample.population
                }
            }
            return shown
        }
        state.answers = book.entries.map { entry in
            let verdict: LabellingState.Answered.Verdict =
                switch entry.verdict {
                case .named(let id): .named(id)
                case .mixed: .mixed
                case .notSure: .notSure
                }
            return LabellingState.Answered(point: point(entry.pixel), verdict: verdict)
        }
        state.proposal = ahead.first.map { point($0) }
        state.upcoming = ahead.dropFirst().map { point($0) }
        state.agreement = agreement
        state.canUndo = !before.isEmpty
        state.result = result
        state.notes = kept + saving.problem
        return state
    }

    private func pixel(_ id: Int) throws -> ScenePixel {
        guard points.indices.contains(id - 1) else { throw NamingSessionError.noPoint(id) }
        return points[id - 1]
    }

    package func answer(_ point: Int, _ verdict: LabellingVerdict) throws {
        let pixel = try pixel(point)
        try change {
            switch verdict {
            case .named(let id): book.answer(pixel, .named(id))
            case .new(let name, let colour):
                book.answer(pixel, .named(book.id(of: name, colour: colour)))
            case .mixed: book.answer(pixel, .mixed)
            case .notSure: book.answer(pixel, .notSure)
            }
        }
    }

    package func remove(_ point: Int) throws {
        let pixel = try pixel(point)
        try change { book.remove(pixel) }
    }

    package func undo() throws {
        guard let last = before.last else { return }
        let old = book
        book = last
        try changed(from: old)
        before.removeLast()
    }

    package func change(_ classID: Int, name: String, colour: [UInt8]) throws {
        try change { book.change(classID, name: name, colour: colour) }
    }

    package func merge(_ classID: Int, into other: Int) throws {
        try change { book.merge(classID, into: other) }
    }

    package func chip(_ point: Int, _ view: ChipView) throws -> [UInt8] {
        let pixel = try pixel(point)
        return try painters[pixel.scene].chip(pixel, view)
    }

    package func picture(_ part: ScenePart) throws -> [UInt8] {
        try painters[part.scene].picture(part)
    }

    package func map(_ part: ScenePart) throws -> [UInt8] {
        // As they are called now, by what was learnt.
        let colours = classes.map { known in
            book.classes.first { $0.id == known.id }?.colour ?? known.colour
        }
        guard let fit else { return try painters[part.scene].map([], part, colours: []) }
        let named = work.ground.space.named(fit.weights)
        let window = PixelWindow(x: part.x, y: part.y, width: part.width, height: part.height)
        let labels = try work.scenes.labels(
            NamedReadOut(named, channels: work.scenes.model.architecture.channels),
            projection: named.projection, scene: part.scene, window: window,
            majority: NamingWork.majority)
        return try painters[part.scene].map(labels, part, colours: colours)
    }

    package func finish() throws {
        try close()
        let model = try work.model(book)
        try model.write(to: output)
        let count = book.labels.count
        result = LabellingState.Result(
            path: output,
            sentences: ["\(model.legend.entries.count) classes were learnt from \(count) answers."],
            commands: command(output), revision: revision)
    }

    /// Waits until all answers are on the disk.
    ///
    /// - Throws: why they are not.
    package func close() throws {
        // Again, in case the disk was full before.
        if !before.isEmpty { saving.save(book) }
        try saving.finish()
    }
}

/// What a page cannot ask for.
enum NamingSessionError: UserError, Equatable {
    case noPoint(Int)

    var exitStatus: ExitStatus { .usage }
    var description: String {
        switch self {
        case .noPoint(let id): "There is no point \(id)."
        }
    }
}
