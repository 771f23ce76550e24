import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct NamingSessionTests {
    private let folder: TemporaryFolder
    private let land: Landscape

    init() throws {
        folder = try TemporaryFolder()
        land = try Landscape(folder)
    }

    private func session(_ book: AnswerBook = AnswerBook()) throws -> NamingSession {
        let work = try land.work()
        return try NamingSession(
            work, book: book,
            file: AnswerFile(folder("n.answers.gpkg"), scenes: work.scenes.answerScenes),
            output: folder("n.safetensors"), notes: ["a note"]
        ) { ["iicd segment x -m \($0)"] }
    }

    private func truth(_ point: LabellingState.Point) -> String {
        Landscape.truth(ScenePixel(scene: point.scene, x: point.x, y: point.y))
    }

    /// Answers what is asked.
    private func answer(_ session: NamingSession) throws {
        let state = try session.state()
        let point = try #require(state.proposal)
        let name = truth(point)
        if let known = state.classes.first(where: { $0.name == name }) {
            try session.answer(point.id, .named(known.id))
        } else {
            try session.answer(
                point.id, .new(name: name, colour: [UInt8(state.classes.count), 2, 3]))
        }
    }

    private var part: ScenePart {
        ScenePart(scene: 0, x: 10, y: 20, width: 200, height: 100, columns: 50, rows: 25)
    }

    @Test func `answers make a map, areas and a model`() throws {
        let session = try session()
        let first = try session.state()
        #expect(first.kind == .naming && first.proposal != nil && first.upcoming.count == 2)
        #expect(first.notes == ["a note"] && first.agreement == nil && !first.canUndo)
        for _ in 0..<24 { try answer(session) }
        let state = try session.state()
        #expect(state.answers.count == 24 && state.revision > first.revision)
        #expect(Set(state.classes.map(\.name)) == Set(Landscape.names))
        #expect(try #require(state.agreement) > 0.8)
        let shares = state.classes.compactMap(\.share)
        #expect(shares.count == 4 && abs(shares.reduce(0, +) - 1) < 1e-9)
        // Pixels of 10 m: 300 × 300 of them are 900 hectares, some without data.
        let hectares = state.classes.compactMap(\.hectares).reduce(0, +)
        #expect(abs(hectares - 888) < 20)
        for png in [try session.map(part), try session.picture(part)] {
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
        let point = try #require(state.proposal)
        for view in ChipView.allCases {
            #expect(try session.chip(point.id, view).starts(with: [0x89, 0x50]))
        }
        try session.finish()
        let model = try ModelBundle(reading: folder("n.safetensors"))
        #expect(model.naming != nil && model.legend.entries.count == 4)
        #expect(try session.state().result?.path == folder("n.safetensors"))
        // Whoever comes back goes on where it ended.
        let saved = try AnswerFile(
            folder("n.answers.gpkg"), scenes: land.work().scenes.answerScenes
        ).read()
        let other = try self.session(saved.book)
        #expect(try other.state().answers.map(\.verdict) == state.answers.map(\.verdict))
        #expect(try other.state().agreement == state.agreement)
        try other.finish()
        #expect(try ModelBundle(reading: folder("n.safetensors")) == model)
    }

    @Test func `every change can be taken back`() throws {
        let session = try session()
        for _ in 0..<6 { try answer(session) }
        let before = try session.state()
        let classes = before.classes
        let point = try #require(before.answers.first).point
        let changes: [() throws -> Void] = [
            { try session.answer(point.id, .mixed) }, { try session.remove(point.id) },
            { try session.change(classes[0].id, name: "sea", colour: [1, 2, 3]) },
            { try session.merge(classes[0].id, into: classes[1].id) },
        ]
        for change in changes {
            try change()
            let changed = try session.state()
            #expect(changed.answers != before.answers || changed.classes != before.classes)
            try session.undo()
            let state = try session.state()
            #expect(state.answers == before.answers)
            #expect(state.classes.map(\.name) == classes.map(\.name))
        }
        for _ in 0..<6 { try session.undo() }
        #expect(try session.state().answers.isEmpty && !session.state().canUndo)
        try session.close()
    }

    @Test func `without two names there is no map and no model`() throws {
        let session = try session()
        let empty = try session.map(part)
        #expect(empty.starts(with: [0x89, 0x50]))
        #expect(throws: NamingError.tooFewClasses) { try session.finish() }
        #expect(throws: (any Error).self) { try session.chip(99, .wide) }
        #expect(!FileManager.default.fileExists(atPath: folder("n.safetensors")))
        try session.close()
    }
}
