import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct AssessmentSessionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Answers what is asked, by a name's place in the list.
    private func answer(_ session: AssessmentSession) throws {
        let state = try session.state()
        let point = try #require(state.proposal)
        try session.answer(
            point.id, .named(state.classes[Landscape.use(point.x, point.y)].id))
    }

    @Test func `a sample is labelled in the order of its points, and then assessed`() throws {
        let map = try LabelledMap(folder)
        try map.draw(40)
        let session = try map.session()
        let first = try session.state()
        #expect(first.kind == .assessment && first.steps == [40] && !first.allowsMixed)
        #expect(first.classes.map(\.name) == LabelledMap.names && first.allowsNewClasses)
        #expect(first.notes.isEmpty && !first.canUndo && first.answers.isEmpty)
        #expect(first.title == "s.gpkg on land.tif" && first.saved == folder("s.gpkg"))
        #expect(first.scenes.map(\.pixelMetres) == [10])
        let points = try MapSample(reading: folder("s.gpkg")).points
        for view in ChipView.allCases {
            #expect(try session.chip(40, view).starts(with: [0x89, 0x50]))
        }
        for place in 0..<40 {
            let state = try session.state()
            #expect(state.proposal?.id == points[place].id)
            #expect(state.proposal?.x == points[place].x && state.proposal?.y == points[place].y)
            #expect(state.upcoming.map(\.id) == Array(place + 2..<place + 5).filter { $0 <= 40 })
            try answer(session)
        }
        let state = try session.state()
        #expect(state.proposal == nil && state.upcoming.isEmpty && state.revision == 41)
        #expect(state.classes.map(\.answers).reduce(0, +) == 40)
        try session.finish()
        let result = try #require(try session.state().result)
        #expect(result.path == folder("s.gpkg") && result.commands.count == 1)
        #expect(result.sentences == ["40 of 40 points have a class."])
        let assessment = try Assessment(
            map: map.map, points: folder("s.gpkg"), field: MapSample.field)
        #expect(assessment.points == 40 && assessment.titles == LabelledMap.names)
        #expect(assessment.exclusions == PointExclusions() && assessment.notes.isEmpty)
        let right = points.count { LabelledMap.label($0.x, $0.y) == Landscape.use($0.x, $0.y) + 1 }
        let counts = assessment.estimate.counts
        #expect(counts.indices.map { counts[$0][$0] }.reduce(0, +) == right && right < 40)
    }

    private static func keys(_ value: JSONValue) -> Set<String> {
        if case .object(let members) = value { Set(members.keys) } else { [] }
    }

    @Test func `the page is told the same whatever the map says of the points`() throws {
        // Each the other where the other is not: as many pixels of each class.
        let one = try LabelledMap(folder, names: ["left", "right"]) { x, _ in x / 150 + 1 }
        let other = try LabelledMap(folder, name: "b.tif", names: ["left", "right"]) { x, y in
            // The corner without data is in the left half, so its like is taken from the right one.
            let isLike = (280..<300).contains(x) && y < 60
            return isLike ? x / 150 + 1 : 2 - x / 150
        }
        #expect(one.strata == other.strata)
        try one.draw(20)
        let points = try MapSample(reading: folder("s.gpkg")).points
        var differ = 0
        for point in points {
            let window = PixelWindow(x: point.x, y: point.y, width: 1, height: 1)
            if try one.map.read(window) != other.map.read(window) { differ += 1 }
        }
        #expect(differ > 15)
        let told = try [one, other].map { map -> [JSONValue] in
            try one.draw(20)
            let session = try map.session()
            let told = try (0..<20).map { _ in
                let state = try session.state()
                try session.answer(try #require(state.proposal).id, .named(1))
                return state.json
            }
            let part = ScenePart(scene: 0, x: 0, y: 0, width: 9, height: 9, columns: 9, rows: 9)
            #expect(throws: AssessmentError.blind) { try session.map(part) }
            #expect(throws: AssessmentError.blind) { try session.picture(part) }
            #expect(throws: AssessmentError.fixedClasses) { try session.merge(1, into: 2) }
            try session.close()
            return told
        }
        #expect(told[0] == told[1])
        for state in told[0] {
            let places = (state["upcoming"]?.array ?? []) + [state["proposal"] ?? .null]
            for place in places { #expect(Self.keys(place) == ["point", "scene", "x", "y"]) }
            for entry in state["classes"]?.array ?? [] {
                #expect(entry["share"] == .null && entry["hectares"] == .null)
            }
        }
    }

    @Test func `not sure stays empty, and is asked again at the next start`() throws {
        let map = try LabelledMap(folder)
        try map.draw(12)
        let session = try map.session()
        try answer(session)
        try session.answer(2, .notSure)
        #expect(try session.state().proposal?.id == 3)
        #expect(try session.state().answers.map(\.verdict).last == .notSure)
        try answer(session)
        try session.finish()
        #expect(
            try session.state().result?.sentences == [
                "2 of 12 points have a class.", "1 is not sure: without a class they do not count.",
                "9 have no answer yet: the same command goes on with them.",
            ])
        #expect(try map.references().map { $0 == nil }.prefix(4) == [false, true, false, true])
        let next = try map.session()
        #expect(try next.state().proposal?.id == 2)
        #expect(try next.state().answers.map(\.point.id) == [1, 3])
        #expect(try next.state().answers.first?.verdict == session.state().answers[0].verdict)
        // An answer can be made unsure.
        try next.answer(1, .notSure)
        try next.close()
        #expect(try map.references()[0] == nil)
    }

    @Test func `every change can be taken back, in the file too`() throws {
        let map = try LabelledMap(folder)
        try map.draw(12)
        let session = try map.session()
        for _ in 0..<5 { try answer(session) }
        try session.close()
        let (before, saved) = (try session.state(), try map.references())
        #expect(saved.compactMap(\.self).count == 5)
        let changes: [() throws -> Void] = [
            { try session.answer(2, .notSure) }, { try session.remove(1) },
            { try session.answer(3, .new(name: "reed", colour: [1, 2, 3])) },
        ]
        for change in changes {
            try change()
            try session.close()
            #expect(try session.state().answers != before.answers)
            #expect(try map.references() != saved)
            try session.undo()
            try session.close()
            #expect(try session.state().answers == before.answers)
            #expect(try session.state().classes == before.classes)
            #expect(try map.references() == saved)
        }
        try session.remove(1)
        #expect(try session.state().proposal?.id == 1)
        // Nothing that is the same as before can be undone.
        let revision = try session.state().revision
        try session.remove(1)
        #expect(try session.state().revision == revision)
        #expect(throws: NamingSessionError.noPoint(13)) { try session.chip(13, .wide) }
    }
}
