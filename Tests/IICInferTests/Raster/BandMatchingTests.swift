import IICInfer
import TestSupport
import Testing

@Suite struct BandMatchingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The bands that a file with these descriptions gives.
    func match(
        _ descriptions: [String], roles: [BandRole] = rgbInfrared, items: [String] = []
    ) throws -> [Int] {
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 2,
            bands: descriptions.map { .init(role: .other, description: $0) }, type: .uint16)
        try writer.finish()
        guard !items.isEmpty else {
            return try SceneReader(path: folder("a.tif"), roles: roles).bands
        }
        let path = try folder.translate(
            folder("a.tif"), "b.tif", items.flatMap { ["-mo", $0] })
        return try SceneReader(path: path, roles: roles).bands
    }

    /// What a scene with these descriptions is refused with.
    func refusal(_ descriptions: [String]) throws -> String {
        let error = #expect(throws: RasterError.self) { try match(descriptions) }
        return error?.description ?? ""
    }

    @Test func `names tell before the order does`() throws {
        #expect(try match(["nir", "red", "green", "blue"]) == [2, 3, 4, 1])
        #expect(try match(["B02", "B03", "B04", "B05", "B08"]) == [3, 2, 1, 5])
        #expect(try match(["Blue", "Green", "Red", "Near Infrared", "other"]) == [3, 2, 1, 4])
        #expect(try match(["Near-Infrared (NIR)", "Red band", "GREEN", "blue"]) == [2, 3, 4, 1])
        #expect(try match(["coastal", "blue", "green", "red", "nir", "swir16"]) == [4, 3, 2, 5])
        #expect(try match(["blue", "green", "red", "rededge1", "nir08"]) == [3, 2, 1, 5])
    }

    @Test func `Earth Engine's names of Sentinel-2 are known by their company`() throws {
        #expect(try match(["B2", "B3", "B4", "B8"]) == [3, 2, 1, 4])
        #expect(try match(["B8", "B4", "B3", "B2"]) == [2, 3, 4, 1])
        let all = [
            "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12", "SCL",
        ]
        #expect(try match(all) == [4, 3, 2, 8])
    }

    @Test func `Landsat's numbers mean what the named sensor makes of them`() throws {
        let names = ["SR_B2", "SR_B3", "SR_B4", "SR_B5"]
        #expect(try match(names, items: ["SPACECRAFT_ID=LANDSAT_8"]) == [3, 2, 1, 4])
        #expect(try match(names, items: ["platform=landsat-9"]) == [3, 2, 1, 4])
        let old = ["SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"]
        #expect(try match(old, items: ["SATELLITE=LANDSAT_5"]) == [3, 2, 1, 4])
        let bare = ["B1", "B2", "B3", "B4"]
        #expect(try match(bare, items: ["SPACECRAFT_ID=LANDSAT_7"]) == [3, 2, 1, 4])
        // Landsat 8's first four are no infrared.
        #expect(throws: RasterError.self) {
            try match(bare, items: ["SPACECRAFT_ID=LANDSAT_8"])
        }
    }

    @Test func `without a sensor such numbers are refused with lines to choose from`() throws {
        let reason = try refusal(["SR_B2", "SR_B3", "SR_B4", "SR_B5"])
        #expect(reason.contains("--bands 3,2,1,4 for Landsat 8 and 9"))
        #expect(!reason.contains("Sentinel"))
        let several = try refusal(["B5", "B4", "B3", "B2", "B1"])
        #expect(several.contains("--bands 2,3,4,1 for Landsat 8 and 9"))
        #expect(several.contains("--bands 3,4,5,2 for Landsat 4 to 7"))
    }

    @Test func `wavelengths tell`() throws {
        #expect(try match(["490 nm", "560 nm", "665 nm", "842 nm"]) == [3, 2, 1, 4])
        #expect(try match(["0.49 µm", "0.56um", "0.66 um", "0.85 micrometers"]) == [3, 2, 1, 4])
        let sentinel = [
            "B4, central wavelength 665 nm", "B3, central wavelength 560 nm",
            "B2, central wavelength 490 nm", "B8, central wavelength 842 nm",
        ]
        #expect(try match(sentinel) == [1, 2, 3, 4])
        #expect(try match(sentinel + ["B8A, central wavelength 865 nm"]) == [1, 2, 3, 4])
        #expect(
            try match([
                "band 1 (443.0 Nanometers)", "band 2 (482.0 Nanometers)",
                "band 3 (561.4 Nanometers)", "band 4 (654.6 Nanometers)",
                "band 5 (864.7 Nanometers)",
            ]) == [4, 3, 2, 5])
    }

    @Test func `bands' own metadata tell`() throws {
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 2,
            bands: (0..<4).map { _ in .init(role: .other) }, type: .uint16)
        try writer.finish()
        _ = try folder.translate(folder("a.tif"), "a.vrt", "-of", "VRT")
        func told(_ domain: String, _ items: [String]) throws -> [Int] {
            let parts = try String(decoding: folder.bytes(of: "a.vrt"), as: UTF8.self)
                .split(separator: "<SimpleSource>").map(String.init)
            let text = zip(parts.dropFirst(), items).reduce(parts[0]) { text, entry in
                text + "<Metadata\(domain)>\(entry.1)</Metadata><SimpleSource>" + entry.0
            }
            try folder.write(Array(text.utf8), to: "b.vrt")
            return try SceneReader(path: folder("b.vrt"), roles: rgbInfrared).bands
        }
        let imagery = ["0.842", "0.665", "0.56", "0.49"].map {
            "<MDI key=\"CENTRAL_WAVELENGTH_UM\">\($0)</MDI>"
        }
        #expect(try told(" domain=\"IMAGERY\"", imagery) == [2, 3, 4, 1])
        let common = ["nir", "red", "green", "blue"].map {
            "<MDI key=\"eo:common_name\">\($0)</MDI>"
        }
        #expect(try told("", common) == [2, 3, 4, 1])
    }

    @Test func `bands that say nothing go by their order, and it is said`() throws {
        #expect(try match(["", "", "", ""]) == [1, 2, 3, 4])
        #expect(try match(["", "", "", ""], roles: [.red, .green, .blue]) == [1, 2, 3])
        #expect(try match(["red", "green", "blue", ""]) == [1, 2, 3, 4])
        #expect(try match(["Band 1", "Band 2", "Band 3", "Band 4"]) == [1, 2, 3, 4])
        #expect(try match(["B1", "B2", "B3", "B4"]) == [1, 2, 3, 4])
        #expect(try match(["Layer_1", "Layer_2", "Layer_3", "Layer_4"]) == [1, 2, 3, 4])
        let notes = try SceneReader(path: folder("a.tif"), roles: rgbInfrared).notes
        #expect(notes.count == 1 && notes[0].contains("band 1 as red, band 2 as green"))
        _ = try match(["red", "green", "blue", "nir"])
        #expect(try SceneReader(path: folder("a.tif"), roles: rgbInfrared).notes.isEmpty)
    }

    @Test func `names that are not understood are refused with a ready line`() throws {
        #expect(try refusal(["rot", "gruen", "blau", "nah"]).contains("--bands 1,2,3,4"))
        #expect(try refusal(["red", "green", "blue", "x"]).contains("--bands 1,2,3,4"))
        #expect(try refusal(["Band 4", "Band 3", "Band 2", "Band 1"]).contains("--bands"))
    }

    @Test func `a name and a wavelength that contradict each other are refused`() throws {
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 2,
            bands: ["red", "green", "blue", "nir"].map { .init(role: .other, description: $0) },
            type: .uint16)
        try writer.finish()
        _ = try folder.translate(folder("a.tif"), "a.vrt", "-of", "VRT")
        let parts = try String(decoding: folder.bytes(of: "a.vrt"), as: UTF8.self)
            .split(separator: "<SimpleSource>").map(String.init)
        let items = ["0.49", "0.56", "0.665", "0.842"]
        let text = zip(parts.dropFirst(), items).reduce(parts[0]) { text, entry in
            text
                + "<Metadata domain=\"IMAGERY\"><MDI key=\"CENTRAL_WAVELENGTH_UM\">\(entry.1)</MDI>"
                + "</Metadata><SimpleSource>" + entry.0
        }
        try folder.write(Array(text.utf8), to: "b.vrt")
        let error = #expect(throws: RasterError.self) {
            try SceneReader(path: folder("b.vrt"), roles: rgbInfrared)
        }
        #expect(error?.description.contains("band 1 is called “red”") == true)
    }

    @Test func `the line for a band that is marked as opacity follows the names`() throws {
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 2,
            bands: ["blue", "green", "red", "nir"].map { .init(role: .other, description: $0) },
            type: .uint8)
        try writer.finish()
        let path = try folder.translate(folder("a.tif"), "b.tif", "-colorinterp_4", "alpha")
        let error = #expect(throws: RasterError.self) {
            try SceneReader(path: path, roles: rgbInfrared)
        }
        #expect(error?.description.contains("--bands 3,2,1,4") == true)
    }

    @Test func `a wavelength without a unit is in nanometres or micrometres`() throws {
        func told(_ wavelengths: [String], unit: String?) throws -> [Int] {
            let writer = try RasterWriter(
                path: folder("a.tif"), width: 2, height: 2,
                bands: (0..<4).map { _ in .init(role: .other) }, type: .uint16)
            try writer.finish()
            _ = try folder.translate(folder("a.tif"), "a.vrt", "-of", "VRT")
            let parts = try String(decoding: folder.bytes(of: "a.vrt"), as: UTF8.self)
                .split(separator: "<SimpleSource>").map(String.init)
            let text = zip(parts.dropFirst(), wavelengths).reduce(parts[0]) { text, entry in
                let items =
                    "<MDI key=\"wavelength\">\(entry.1)</MDI>"
                    + (unit.map { "<MDI key=\"wavelength_units\">\($0)</MDI>" } ?? "")
                return text + "<Metadata>\(items)</Metadata><SimpleSource>" + entry.0
            }
            try folder.write(Array(text.utf8), to: "b.vrt")
            return try SceneReader(path: folder("b.vrt"), roles: rgbInfrared).bands
        }
        for unit in [nil, "Unknown"] {
            #expect(try told(["842.0", "665", "560", "490"], unit: unit) == [2, 3, 4, 1])
            #expect(try told(["0.842", "0.665", "0.56", "0.49"], unit: unit) == [2, 3, 4, 1])
            // Neither.
            #expect(try told(["84.2", "66.5", "56", "49"], unit: unit) == [1, 2, 3, 4])
        }
        #expect(try told(["842", "665", "560", "490"], unit: "Index") == [1, 2, 3, 4])
    }

    @Test func `two bands that are both infrared are refused with their numbers`() throws {
        let two = try refusal(["red", "nir", "green", "blue", "near infrared"])
        #expect(two.contains("its bands 2 and 5 are both infrared; name those to read"))
        #expect(two.contains("--bands, in the order red,green,blue,infrared"))
        let three = try refusal(["green", "red", "red", "red", "blue", "nir"])
        #expect(three.contains("its bands 2, 3 and 4 are all red"))
    }

    @Test func `what stays unclear is refused`() throws {
        #expect(throws: RasterError.self) { try match(["", "", "", "", "", ""]) }
        #expect(throws: RasterError.self) { try match(["red", "green", "blue", "x", "y"]) }
        #expect(throws: RasterError.self) { try match(["red", "green", "blue", "swir"]) }
        #expect(throws: RasterError.self) {
            try match(["490 nm", "560 nm", "665 nm", "820 nm", "860 nm"])
        }
    }
}
