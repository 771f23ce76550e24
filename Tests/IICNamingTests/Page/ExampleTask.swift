import IICInfer
import IICNaming
import Synchronization

/// A task with a scene made up, for tests and for looking at the page.
final class ExampleTask: LabellingTask {
    private struct Saved {
        var classes: [LabellingState.Class] = []
        var answers: [LabellingState.Answered] = []
    }

    private struct Held {
        var now = Saved()
        var before: [Saved] = []
        var state: LabellingState
        var failure: (any Error)?
        var calls: [String] = []
    }

    let scene: ExampleScene
    private let points: [LabellingState.Point]
    private let held: Mutex<Held>

    init(
        kind: LabellingState.Kind = .naming, width: Int = 300, height: Int = 200,
        classes: [String] = [], points count: Int = 30
    ) {
        scene = ExampleScene(width: width, height: height)
        points = (0..<count).map { index in
            // The fractions of multiples of two irrational numbers fill the scene evenly.
            LabellingState.Point(
                id: index + 1, scene: 0,
                x: Int(Double(index + 1) * 0.7548777 * 1e6) % 1_000_000 * width / 1_000_000,
                y: Int(Double(index + 1) * 0.5698403 * 1e6) % 1_000_000 * height / 1_000_000)
        }
        var state = LabellingState(
            kind: kind, title: kind == .naming ? "coast.safetensors on delta.tif" : "sample.gpkg",
            revision: 1,
            scenes: [.init(name: "delta.tif", width: width, height: height, pixelMetres: 0.5)],
            steps: kind == .naming ? [count * 4 / 5, count] : [count],
            chipSides: [.trueColour: 61, .infrared: 61, .wide: 241],
            saved: kind == .naming ? "named.answers.gpkg" : "sample.gpkg")
        if kind == .assessment {
            state.allowsNewClasses = false
            state.allowsMixed = false
        }
        var held = Held(state: state)
        held.now.classes = classes.enumerated().map {
            .init(
                id: $0.offset + 1, name: $0.element,
                colour: Legend.unnamed(classes: 8).entries[$0.offset % 8].colour, answers: 0)
        }
        self.held = Mutex(held)
    }

    /// What everything but the state throws.
    func fail(with error: (any Error)?) { held.withLock { $0.failure = error } }
    var calls: [String] { held.withLock { $0.calls } }

    func state() throws -> LabellingState {
        held.withLock { held in
            var state = held.state
            let answers = held.now.answers
            let (hectares, shares) = (scene.hectares, mapped(held.now))
            state.answers = answers
            state.classes = held.now.classes.map { entry in
                var entry = entry
                entry.answers = answers.count { $0.verdict == .named(entry.id) }
                let share = scene.shares.indices.reduce(0) {
                    $0 + (shares[$1] == entry.id ? scene.shares[$1] : 0)
                }
                entry.share = answers.isEmpty ? nil : share
                entry.hectares = answers.isEmpty ? nil : share * hectares
                return entry
            }
            let open = points.filter { point in !answers.contains { $0.point.id == point.id } }
            state.proposal = open.first
            state.upcoming = Array(open.dropFirst().prefix(3))
            state.agreement = answers.count < 6 ? nil : 0.86
            state.canUndo = !held.before.isEmpty
            return state
        }
    }

    /// The class by the scene's own, of those that have an answer.
    private func mapped(_ now: Saved) -> [Int: Int] {
        var classes: [Int: Int] = [:]
        for answer in now.answers {
            guard case .named(let id) = answer.verdict else { continue }
            classes[scene.cover(answer.point.x, answer.point.y)] = id
        }
        return classes
    }

    private func change(_ what: String, _ body: (inout Saved) -> Void) throws {
        try held.withLock { held in
            if let failure = held.failure { throw failure }
            held.calls.append(what)
            held.before.append(held.now)
            body(&held.now)
            held.state.revision += 1
        }
    }

    func answer(_ point: Int, _ verdict: LabellingVerdict) throws {
        try change("answer \(point) \(verdict)") { now in
            let given: LabellingState.Answered.Verdict =
                switch verdict {
                case .named(let id): .named(id)
                case .mixed: .mixed
                case .notSure: .notSure
                case .new(let name, let colour):
                    {
                        let id = (now.classes.map(\.id).max() ?? 0) + 1
                        now.classes.append(.init(id: id, name: name, colour: colour, answers: 0))
                        return .named(id)
                    }()
                }
            let answered = LabellingState.Answered(point: points[point - 1], verdict: given)
            if let place = now.answers.firstIndex(where: { $0.point.id == point }) {
                now.answers[place] = answered
            } else {
                now.answers.append(answered)
            }
        }
    }

    func remove(_ point: Int) throws {
        try change("remove \(point)") { $0.answers.removeAll { $0.point.id == point } }
    }

    func undo() throws {
        try held.withLock { held in
            if let failure = held.failure { throw failure }
            if let last = held.before.popLast() { held.now = last }
            held.state.revision += 1
        }
    }

    func change(_ id: Int, name: String, colour: [UInt8]) throws {
        try change("change \(id) \(name)") { now in
            for place in now.classes.indices where now.classes[place].id == id {
                now.classes[place].name = name
                now.classes[place].colour = colour
            }
        }
    }

    func merge(_ id: Int, into other: Int) throws {
        try change("merge \(id) \(other)") { now in
            now.classes.removeAll { $0.id == id }
            for place in now.answers.indices where now.answers[place].verdict == .named(id) {
                now.answers[place].verdict = .named(other)
            }
        }
    }

    func chip(_ point: Int, _ view: ChipView) throws -> [UInt8] {
        let side = view == .wide ? 241 : 61
        let point = points[point - 1]
        return try scene.picture(side, side, infrared: view == .infrared) { column, row in
            (point.x + column - side / 2, point.y + row - side / 2)
        }
    }

    func picture(_ part: ScenePart) throws -> [UInt8] {
        if let failure = held.withLock({ $0.failure }) { throw failure }
        return try scene.picture(part.columns, part.rows, infrared: false) { column, row in
            (part.x + column * part.width / part.columns, part.y + row * part.height / part.rows)
        }
    }

    func map(_ part: ScenePart) throws -> [UInt8] {
        let now = held.withLock { $0.now }
        let classes = mapped(now)
        var picture = Picture(width: part.columns, height: part.rows)
        for row in 0..<part.rows {
            for column in 0..<part.columns {
                let (x, y) = (
                    part.x + column * part.width / part.columns,
                    part.y + row * part.height / part.rows
                )
                guard let id = classes[scene.cover(x, y)],
                    let entry = now.classes.first(where: { $0.id == id })
                else { continue }
                picture.set(row * part.columns + column, entry.colour)
            }
        }
        return try picture.png
    }

    func finish() throws {
        try held.withLock { held in
            if let failure = held.failure { throw failure }
            let isNaming = held.state.kind == .naming
            held.state.revision += 1
            held.state.result = .init(
                path: isNaming ? "named.safetensors" : "sample.gpkg",
                sentences: ["\(held.now.answers.count) answers are in it."],
                commands: isNaming
                    ? ["iicd segment -m named.safetensors delta.tif -o map.tif"] : [],
                revision: held.state.revision)
        }
    }
}
