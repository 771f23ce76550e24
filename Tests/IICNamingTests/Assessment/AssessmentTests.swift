import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// From a map and its sample to tables.
@Suite struct AssessmentTests {
    let folder: TemporaryFolder
    let path: String
    let place = Georeference(epsg: 32633, left: 500_000, top: 5_000_000, pixelSize: 100)

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.scene(
            "map.tif", width: 200, height: 100, roles: [.other],
            georeference: #require(place), nodata: 255, value: Self.label)
    }

    static func label(_ x: Int, _ y: Int, _: Int) -> UInt8 { x < 10 ? 255 : x < 60 ? 1 : 3 }

    /// One in about twelve is another class than the map's, and one in about forty another than all.
    static func truth(_ x: Int, _ y: Int) -> Int {
        let chance = noise(x, y, 9)
        return chance < 7 ? 5 : chance < 27 ? 1 : Int(label(x, y, 0))
    }

    /// A sample whose points were told the truth, as `names` calls it.
    private func sample(
        _ name: String, _ count: Int, names: (Int) -> String? = { "\($0)" }
    ) throws -> String {
        let map = try LabelReader(path: path)
        let strata = try MapStrata(counting: map)
        try MapSample.draw(
            SampleAllocation(pixels: strata.strata.map(\.pixels), total: count), from: map,
            strata: strata, seed: 3, to: folder(name), replacing: true)
        var sample = try MapSample(reading: folder(name))
        for (index, point) in sample.points.enumerated() {
            sample.answer(names(Self.truth(point.x, point.y)), at: index)
        }
        try sample.save()
        return folder(name)
    }

    private func assess(_ points: String, field: String = "reference") throws -> Assessment {
        try Assessment(map: LabelReader(path: path), points: points, field: field)
    }

    @Test func `areas are near the true ones, in hectares of the map's own pixels`() throws {
        let assessment = try assess(sample("a.gpkg", 2000))
        #expect(assessment.titles == ["1", "3", "5"])
        #expect(assessment.isInHectares && assessment.points == 2000)
        #expect(assessment.mappedArea(0) == 5000 && assessment.mappedArea(1) == 14_000)
        #expect(assessment.exclusions == PointExclusions())
        #expect(assessment.notes == ["Not on the map, but found by points: “5”."])
        for (j, value) in [1, 3, 5].enumerated() {
            var pixels = 0
            for y in 0..<100 {
                for x in 10..<200 where Self.truth(x, y) == value { pixels += 1 }
            }
            let area = assessment.area(j)
            let error = try #require(area.standardError)
            #expect(error > 0 && error < 200)
            // A hectare a pixel.
            #expect(abs(area.value - Double(pixels)) < 4 * error, "\(value)")
        }
    }

    @Test func `names, numbers and answers that are missing`() throws {
        let table = """
            <PAMDataset><PAMRasterBand band="1"><CategoryNames><Category></Category>\
            <Category>Open water</Category><Category>Ice</Category><Category>forest</Category>\
            </CategoryNames></PAMRasterBand></PAMDataset>
            """
        try folder.write(Array(table.utf8), to: "map.tif.aux.xml")
        let texts = ["1", "1.0", "open WATER", "Open water"]
        var turn = 0
        let path = try sample("a.gpkg", 300) { value in
            turn += 1
            switch value {
            case 1: return texts[turn % 4]
            case 5: return turn.isMultiple(of: 2) ? nil : "ice"
            default: return "3"
            }
        }
        let assessment = try assess(path)
        #expect(assessment.titles == ["Open water", "forest", "Ice"])
        #expect(assessment.exclusions.list.map(\.reason) == [.noClass])
        #expect(assessment.points + assessment.exclusions[.noClass] == 300)
    }

    @Test func `points that say nothing of the map are errors`() throws {
        let map = try LabelReader(path: path)
        var file = PointFile(name: "points", fields: [("kind", .text)])
        file.points = [.init(x: 3, y: 3, values: [.text("1")])]
        try file.write(to: folder("nodata.gpkg"), on: map.georeference, replacing: false)
        var message = ""
        do { _ = try assess(folder("nodata.gpkg"), field: "kind") } catch { message = "\(error)" }
        #expect(message.contains("tells the class of a pixel"))
        #expect(message.contains("1 on pixels without data"))
        file.points = [.init(x: 30, y: 3, values: [.text("<script>\nforest")])]
        try file.write(to: folder("other.gpkg"), on: map.georeference, replacing: false)
        do { _ = try assess(folder("other.gpkg"), field: "kind") } catch { message = "\(error)" }
        #expect(message.contains("None of the classes of"))
        #expect(message.contains("(<script> forest) is one of"))
        #expect(message.contains("(1, 3): give its numbers or names."))
        let empty = try folder.scene(
            "empty.tif", width: 9, height: 9, roles: [.other], nodata: 0
        ) { _, _, _ in UInt8(0) }
        #expect(throws: AssessmentError.emptyMap(map: empty)) {
            try MapStrata(counting: LabelReader(path: empty))
        }
        let many = try folder.scene("many.tif", width: 99, height: 99, roles: [.other]) { x, y, _ in
            UInt16(99 * x + y)
        }
        #expect(throws: AssessmentError.tooManyClasses(map: many)) {
            try MapStrata(counting: LabelReader(path: many))
        }
    }

    @Test func `what weakens an estimate is said`() throws {
        let map = try LabelReader(path: path)
        var file = PointFile(name: "points", fields: [("kind", .text)])
        file.points = (0..<9).map { .init(x: 20 + $0, y: 3, values: [.text("1")]) }
        try file.write(to: folder("a.gpkg"), on: map.georeference, replacing: false)
        let one = try assess(folder("a.gpkg"), field: "kind")
        #expect(one.notes.contains { $0.hasPrefix("The points were not drawn by iicd") })
        #expect(one.notes.contains { $0.contains("mapped as “3”: 73.7 % of the map is not") })
        #expect(one.area(0).value == 5000)
        file.points.append(.init(x: 100, y: 3, values: [.text("3")]))
        try file.write(to: folder("a.gpkg"), on: map.georeference, replacing: true)
        #expect(
            try assess(folder("a.gpkg"), field: "kind").notes.contains {
                $0.hasPrefix("Only one point lies on what is mapped as “3”")
            })
        // Of another map.
        let path = try sample("b.gpkg", 40)
        let other = try folder.scene(
            "other.tif", width: 200, height: 100, roles: [.other],
            georeference: map.georeference, nodata: 255
        ) { x, y, _ in x < 20 ? 255 : Self.label(x, y, 0) }
        let assessment = try Assessment(
            map: LabelReader(path: other), points: path, field: "reference")
        #expect(assessment.notes.contains { $0.hasPrefix("The sample was drawn from another map") })
    }

    @Test func `strata are counted for any integer type, place and blocks`() throws {
        let wide = try folder.translate(
            path, "wide.tif", "-ot", "Int32", "-co", "TILED=YES", "-co", "BLOCKXSIZE=16",
            "-co", "BLOCKYSIZE=16", "-scale", "0", "1", "-5", "69995", "-a_nodata", "17849995")
        let strata = try MapStrata(counting: LabelReader(path: wide))
        #expect(strata.strata.map(\.value) == [69_995, 209_995])
        #expect(strata.strata.map(\.name) == ["69995", "209995"])
        #expect(strata.strata.map(\.pixels) == [5000, 14_000])
        #expect(strata.classifiedPixels == 19_000 && strata.pixels == 20_000)
        let degrees = try folder.translate(
            path, "degrees.tif", "-a_srs", "EPSG:4326", "-a_ullr", "10", "60", "12", "50")
        let areas = try MapStrata(counting: LabelReader(path: degrees)).strata
            .compactMap(\.squareMetres)
        // 0.5° and 1.4° of longitude between latitudes 50 and 60.
        #expect(areas.count == 2)
        #expect(abs(areas[0] / 35.5e9 - 1) < 0.02)
        #expect(abs(areas[1] / areas[0] - 2.8) < 1e-9)
        let nowhere = try folder.scene(
            "nowhere.tif", width: 20, height: 10, roles: [.other]
        ) { x, _, _ in UInt8(x / 10) }
        #expect(
            try MapStrata(counting: LabelReader(path: nowhere)).strata.map(\.squareMetres)
                == [nil, nil])
    }
}
