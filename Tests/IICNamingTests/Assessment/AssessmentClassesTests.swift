import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// Which class an answer is, on the page, in the file and in the error matrix.
@Suite struct AssessmentClassesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a class that the map lacks has a column of its own`() throws {
        let map = try LabelledMap(folder)
        try map.draw(12)
        let session = try map.session()
        try session.answer(1, .new(name: "<script> & \"reed\"", colour: [9, 8, 7]))
        let state = try session.state()
        let new = try #require(state.classes.last)
        #expect(state.classes.count == 5 && new.name == "<script> & \"reed\"")
        #expect(new.colour == [9, 8, 7] && new.answers == 1)
        try session.answer(2, .named(new.id))
        // As the file's reader takes them: another case, and a number of the map's.
        try session.answer(3, .new(name: "WATER", colour: [1, 1, 1]))
        try session.answer(4, .new(name: "2", colour: [1, 1, 1]))
        #expect(
            try session.state().answers.map(\.verdict)
                == [new.id, new.id, state.classes[0].id, state.classes[1].id].map { .named($0) })
        try session.close()
        let read = try map.references().compactMap(\.self)
        #expect(read == [new.name, new.name, "water", "forest"])
        let assessment = try Assessment(
            map: map.map, points: folder("s.gpkg"), field: MapSample.field)
        #expect(assessment.titles == LabelledMap.names + [new.name])
        // What is taken back leaves no button.
        for point in [1, 2] { try session.remove(point) }
        #expect(try session.state().classes.map(\.name) == LabelledMap.names)
        try session.answer(1, .new(name: "bog", colour: [5, 5, 5]))
        #expect(try session.state().classes.last?.id != new.id)
        try session.close()
        let next = try map.session()
        #expect(try next.state().classes.map(\.name) == LabelledMap.names + ["bog"])
    }

    @Test func `any name of the map's comes back as its class`() throws {
        let map = try LabelledMap(folder, names: ["same", "same", "  odd ", "1"])
        try map.draw(16)
        let session = try map.session()
        let state = try session.state()
        #expect(state.classes.map(\.name).prefix(2) == ["same (1)", "same (2)"])
        for point in 1...16 {
            try session.answer(point, .named(state.classes[(point - 1) / 4].id))
        }
        try session.close()
        let next = try map.session()
        #expect(try next.state().answers.map(\.verdict) == session.state().answers.map(\.verdict))
        let counts = try Assessment(
            map: map.map, points: folder("s.gpkg"), field: MapSample.field
        ).estimate.counts
        #expect((0..<4).map { column in counts.reduce(0) { $0 + $1[column] } } == [4, 4, 4, 4])
    }

    @Test func `what was written elsewhere is read, and left as it is`() throws {
        let map = try LabelledMap(folder)
        try map.draw(12)
        var sample = try MapSample(reading: folder("s.gpkg"))
        for (place, text) in ["3", "Forest", "marsh", "4.0"].enumerated() {
            sample.answer(text, at: place)
        }
        try sample.save()
        let session = try map.session()
        let state = try session.state()
        let names = state.answers.map { answer -> String in
            guard case .named(let id) = answer.verdict else { return "" }
            return state.classes.first { $0.id == id }?.name ?? ""
        }
        #expect(names == ["crops", "forest", "marsh", "town"] && state.proposal?.id == 5)
        try session.answer(5, .named(1))
        try session.answer(1, .named(1))
        try session.close()
        #expect(try map.references().prefix(5) == ["water", "Forest", "marsh", "4.0", "water"])
        sample.answer("x", at: 11)
        try sample.save()
        // It may be one of two.
        let other = try LabelledMap(folder, names: ["x", "x", "crops", "town"])
        #expect(
            throws: AssessmentError.ambiguousName(name: "x", map: other.path, values: [1, 2])
        ) { try other.session() }
    }

    @Test func `answers that cannot be saved are told of, and saved when they can be`() throws {
        let map = try LabelledMap(folder)
        try map.draw(12)
        let session = try map.session()
        let files = FileManager.default
        try files.moveItem(atPath: folder("s.gpkg"), toPath: folder("away.gpkg"))
        try session.answer(1, .named(2))
        #expect(throws: AnswersLost.self) { try session.close() }
        let notes = try session.state().notes
        #expect(notes.count == 1 && notes[0].hasPrefix("The answers could not be saved: "))
        try files.moveItem(atPath: folder("away.gpkg"), toPath: folder("s.gpkg"))
        try session.close()
        #expect(try session.state().notes.isEmpty)
        #expect(try map.references().first == "forest")
    }
}
