import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct AnswerFileTests {
    private let folder: TemporaryFolder
    private let scenes: [AnswerFile.Scene]

    init() throws {
        folder = try TemporaryFolder()
        scenes = [
            .init(path: "a.tif", width: 50, height: 40, georeference: Landscape.place),
            .init(path: "b & c.tif", width: 90, height: 10, georeference: Landscape.place),
        ]
    }

    private var book: AnswerBook {
        var book = AnswerBook()
        for (index, name) in ["water", "<b>\"it's\"</b>", "Düne\u{301}", "a,b;c"].enumerated() {
            book.answer(
                ScenePixel(scene: index % 2, x: index, y: 2 * index), .named(book.id(of: name)))
        }
        book.answer(ScenePixel(scene: 0, x: 49, y: 39), .mixed)
        book.answer(ScenePixel(scene: 1, x: 89, y: 9), .notSure)
        return book
    }

    @Test func `answers come back as they were`() throws {
        let file = AnswerFile(folder("x.gpkg"), scenes: scenes)
        #expect(try !file.exists)
        try file.write(book, isSimulated: false, replacing: false)
        let read = try file.read()
        #expect(read.book.entries == book.entries && read.book.classes == book.classes)
        #expect(!read.isSimulated)
        // Never without a word.
        #expect(throws: VectorError.self) {
            try file.write(book, isSimulated: true, replacing: false)
        }
        let before = try Data(contentsOf: URL(filePath: file.path))
        try file.write(book, isSimulated: false, replacing: true)
        #expect(try Data(contentsOf: URL(filePath: file.path)) == before)
        try file.write(book, isSimulated: true, replacing: true)
        #expect(try file.read().isSimulated)
    }

    @Test func `GDAL finds the points where the pixels lie`() throws {
        let file = AnswerFile(folder("x.gpkg"), scenes: scenes)
        try file.write(book, isSimulated: false, replacing: false)
        let told = try output(of: "ogrinfo", ["-al", "-geom=AS_WKT", file.path])
        // The centre of column 1, row 2.
        #expect(told.contains("POINT (390015 5819975)"))
        #expect(told.contains("class (String) = water") && told.contains("mixed"))
    }

    @Test func `what is no such file, or of other scenes, is refused`() throws {
        try Data("nothing".utf8).write(to: URL(filePath: folder("n.gpkg")))
        #expect(throws: (any Error).self) {
            try AnswerFile(folder("n.gpkg"), scenes: scenes).read()
        }
        let file = AnswerFile(folder("x.gpkg"), scenes: scenes)
        try file.write(book, isSimulated: false, replacing: false)
        #expect(throws: AnswerFileError.otherScene(path: file.path, scene: "b & c.tif")) {
            try AnswerFile(file.path, scenes: [scenes[0]]).read()
        }
        var small = scenes
        small[0].width = 20
        #expect(
            throws: AnswerFileError.outside(path: file.path, scene: "a.tif", x: 49, y: 39)
        ) { try AnswerFile(file.path, scenes: small).read() }
        var points = PointFile(name: "sample", fields: [("class", .text)])
        points.points = [PointFile.Point(x: 1, y: 1, values: [.text("water")])]
        try points.write(to: folder("p.gpkg"), on: Landscape.place, replacing: false)
        #expect(throws: AnswerFileError.notAnswers(path: folder("p.gpkg"))) {
            try AnswerFile(folder("p.gpkg"), scenes: scenes).read()
        }
    }
}

@Suite struct ClassAssignmentTests {
    @Test func `forms are read`() throws {
        let found = try #require(ClassAssignment(parsing: "3, 7=open water = lake"))
        #expect(found.values == [3, 7] && found.name == "open water = lake")
        for text in ["", "3", "=x", "3=", "a=x", "3,=x", "3=\u{7}", "-=x"] {
            #expect(ClassAssignment(parsing: text) == nil, "\(text)")
        }
    }

    private func assigned(_ texts: [String]) throws -> ModelBundle {
        try ClassAssignment.apply(
            texts.compactMap { ClassAssignment(parsing: $0) }, to: Landscape.model)
    }

    @Test func `classes are named and merged in a map`() throws {
        let named = try assigned(["1,3=wet", "0=dry"])
        #expect(named.naming?.classes == .merged([0, 1, 2, 1]))
        #expect(named.legend.entries.map(\.name) == ["dry", "wet", "Class 3"])
        #expect(throws: ClassAssignmentError.named) {
            try ClassAssignment.apply([], to: named)
        }
        #expect(throws: ClassAssignmentError.noClass(4, classes: 4)) { try assigned(["4=x"]) }
        #expect(throws: ClassAssignmentError.twice(1)) { try assigned(["1=x", "1=y"]) }
    }
}
