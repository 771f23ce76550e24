import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import IICInfer

@Suite struct QGISStyleTests {
    let provenance = MapProvenance(
        sceneHash: "a", modelHash: "b", settingsHash: "c", version: "d")

    /// The elements of an XML file with their attributes, as a parser that is not ours reads them.
    final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            elements.append((name, attributes))
        }
    }

    func elements(_ text: String) throws -> [(name: String, attributes: [String: String])] {
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
        return reader.elements
    }

    @Test func `classes have values, colours and names, whatever stands in these`() throws {
        var legend = Legend.unnamed(classes: 5)
        let names = ["Water", "a & b", "<\"tall\"> 'grass'", "Äcker\u{1}", "two\nlines"]
        for (index, name) in names.enumerated() { legend.entries[index].name = name }
        let found = try elements(QGISStyle.document(legend, items: provenance.items))
        let entries = found.filter { $0.name == "paletteEntry" }.map(\.attributes)
        #expect(
            entries.map { $0["label"] } == [
                "Water", "a & b", "<\"tall\"> 'grass'", "Äcker\u{FFFD}", "two lines",
            ])
        #expect(entries.map { $0["value"] } == ["0", "1", "2", "3", "4"])
        #expect(
            entries.map { $0["color"] } == ["#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00"])
        #expect(entries.allSatisfy { $0["alpha"] == "255" })
        let renderer = try #require(found.first { $0.name == "rasterrenderer" }).attributes
        #expect(renderer["type"] == "paletted" && renderer["band"] == "1")
        let hidden = try #require(found.first { $0.name == "pixelListEntry" }).attributes
        #expect(hidden["min"] == "255" && hidden["percentTransparent"] == "100")
    }

    @Test func `a style says what it was made from, and nothing else changes it`() throws {
        let folder = try TemporaryFolder()
        let style = QGISStyle(path: folder("a.qml"))
        #expect(style.provenance == nil)
        let frame = MapFrame(
            width: 3, height: 2, georeference: .none,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5),
            legend: .unnamed(classes: 5), threads: 1)
        let product = try style.begin(frame)
        let summary = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        #expect(summary.kind == "style" && summary.classes == nil)
        #expect(product.finished.map(\.path) == [style.path])
        #expect(try folder.files.allSatisfy { $0 != "a.qml" })
        var publication = Publication()
        product.publish(in: &publication)
        try publication.commit()
        #expect(try folder.files == ["a.qml"])
        #expect(style.provenance == provenance)
        let text = try String(decoding: folder.bytes(of: "a.qml"), as: UTF8.self)
        #expect(text == QGISStyle.document(frame.legend, items: provenance.items))
        #expect(text.contains("IICD_LEGEND_SHA256=\(frame.legend.hash)"))
        try folder.write(Array("<qgis/>".utf8), to: "b.qml")
        #expect(QGISStyle(path: folder("b.qml")).provenance == nil)
    }
}
