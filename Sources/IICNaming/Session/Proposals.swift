import Foundation
import IICInfer

/// Pixels that somebody is to name without this program's page: a GeoPackage of points whose class is
/// empty, and a page that shows each of them.
package struct Proposals {
    private let work: NamingWork
    private let pixels: [ScenePixel]
    private let scenes: [AnswerFile.Scene]

    /// The field for the class.
    package static let field = "class"

    /// One of each coarse unit, the largest first.
    package init(_ work: NamingWork) throws {
        self.work = work
        pixels = try work.next(work.ground.coarse.count, after: AnswerBook(), fit: nil)
        scenes = work.scenes.answerScenes
    }

    package var count: Int { pixels.count }

    /// The page beside a file of points.
    package static func page(beside points: String) -> String {
        let name = points.hasSuffix(".gpkg") ? String(points.dropLast(5)) : points
        return name + ".html"
    }

    /// Writes points and page.
    ///
    /// - Throws: ``VectorError`` or ``AtomicFileError``, or what reading scenes throws.
    package func write(to path: String, replacing: Bool) throws {
        let html = try html(path)
        var file = PointFile(
            name: "proposals",
            fields: [
                ("id", .integer), ("scene", .text), ("x", .integer), ("y", .integer),
                (Self.field, .text),
            ])
        file.points = pixels.enumerated().map { index, pixel in
            PointFile.Point(
                x: pixel.x, y: pixel.y,
                values: [
                    .integer(index + 1), .text(scenes[pixel.scene].path), .integer(pixel.x),
                    .integer(pixel.y), .none,
                ], place: AnswerFile.place(pixel, among: scenes))
        }
        try file.write(to: path, on: scenes[0].georeference, replacing: replacing)
        try AtomicFile.write(html, to: Self.page(beside: path))
    }

    private func html(_ path: String) throws -> String {
        let painters = try work.scenes.readers.map { try ChipPainter($0) }
        let figures = try pixels.enumerated().map { index, pixel -> String in
            let painter = painters[pixel.scene]
            let views = painter.renderings.filter { $0 != .wide }
            let chips = try views.map { rendering in
                try picture(
                    painter, pixel, size: 65, zoom: 3, rendering,
                    "Point \(index + 1), \(rendering == .infrared ? "infrared" : "true colour")")
            }
            let wide = try picture(
                painter, pixel, size: 195, zoom: 1, .trueColour,
                "Point \(index + 1), the wider place")
            let scene =
                scenes.count > 1 ? escaped(scenes[pixel.scene].path.pathName.shown) + ", " : ""
            return """
                <figure><div>\((chips + [wide]).joined())</div><figcaption><b>\(index + 1)</b> \
                \(scene)column \(grouped(pixel.x)), row \(grouped(pixel.y))</figcaption></figure>
                """
        }
        return Page(
            title: "\(path.pathName.shown): proposals", heading: path.pathName.shown,
            line: """
                Give each point its class in the field “\(Self.field)” of \
                \(escaped(path.pathName.shown)), such as in QGIS, and leave those empty that show \
                several or cannot be told. The class is that of the pixel under the cross-hair.
                """,
            cards: [("points", "\(pixels.count)")],
            sections: [("Points, the largest clusters first", figures.joined(separator: "\n"))],
            isWide: true,
            style: """
                figure { margin: 0 0 1.5rem; } figure div { display: flex; flex-wrap: wrap; gap: 6px; }
                figure img { max-width: 100%; height: auto; border-radius: 4px; }
                """
        ).html
    }

    private func picture(
        _ painter: ChipPainter, _ pixel: ScenePixel, size: Int, zoom: Int,
        _ rendering: Chip.Rendering, _ text: String
    ) throws -> String {
        let chip = Chip(
            x: pixel.x, y: pixel.y, size: size, zoom: zoom, rendering: rendering, hasCross: true)
        let data = Data(try painter.png(chip)).base64EncodedString()
        return "<img alt=\"\(escaped(text))\" width=\"\(chip.side)\" height=\"\(chip.side)\" "
            + "src=\"data:image/png;base64,\(data)\">"
    }
}

extension NamingScenes {
    /// Where the scenes' pixels lie, for files of points.
    package var answerScenes: [AnswerFile.Scene] {
        readers.indices.map { index in
            let (width, height) = size(index)
            return AnswerFile.Scene(
                path: paths[index], width: width, height: height,
                georeference: readers[index].georeference)
        }
    }
}
