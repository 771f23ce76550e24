import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Rasters and items in the form of known catalogues, in a folder that goes away with this value.
struct ItemFolder {
    let folder: TemporaryFolder
    /// The four bands in one file, of 16 bits.
    let whole: String
    static let place = Georeference(epsg: 32633, left: 400_000, top: 5_800_000, pixelSize: 10)
    static let names = ["red", "green", "blue", "nir"]

    init() throws {
        folder = try TemporaryFolder()
        whole = try folder.scene(
            "whole.tif", width: 60, height: 40, georeference: #require(Self.place)
        ) { x, y, c -> UInt16 in 1000 + UInt16(noise(x, y, c)) * 20 }
    }

    /// A band of ``whole`` in a file of its own.
    func split(_ band: Int, _ name: String, _ options: String...) throws {
        _ = try folder.translate(whole, name, ["-b", "\(band)", "-colorinterp", "gray"] + options)
    }

    /// Each band in a file: `red.tif`, …
    func splitAll() throws {
        for (index, name) in Self.names.enumerated() { try split(index + 1, "\(name).tif") }
    }

    /// Writes an item and returns its path.
    @discardableResult
    func item(
        _ assets: [String: JSONValue], properties: [String: JSONValue] = [:],
        name: String = "item.json", version: String = "1.0.0"
    ) throws -> String {
        var all: [String: JSONValue] = ["datetime": "2024-06-01T10:05:59.024000Z"]
        all.merge(properties) { $1 }
        let item: JSONValue = [
            "type": "Feature", "stac_version": .string(version), "id": "scene", "links": [],
            "geometry": .null, "properties": .object(all), "assets": .object(assets),
        ]
        try Data(item.text.utf8).write(to: URL(filePath: folder(name)))
        return folder(name)
    }

    /// An asset as Earth Search's collection sentinel-2-c1-l2a has them.
    static func earthSearch(
        _ href: String, _ name: String, _ common: String, gsd: Int = 10, offset: Double = -0.1
    ) -> JSONValue {
        [
            "href": .string(href),
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "eo:bands": [
                ["name": .string(name), "common_name": .string(common), "center_wavelength": 0.8]
            ],
            "gsd": .integer(gsd),
            "raster:bands": [
                [
                    "nodata": 0, "data_type": "uint16", "spatial_resolution": .integer(gsd),
                    "scale": 0.0001, "offset": .number(offset),
                ]
            ],
            "roles": ["data", "reflectance"],
        ]
    }

    /// The four bands in that form, beside what that collection has else.
    static var sentinel2: [String: JSONValue] {
        [
            "red": earthSearch("red.tif", "B04", "red"),
            "green": earthSearch("./green.tif", "B03", "green"),
            "blue": earthSearch("blue.tif", "B02", "blue"),
            "nir": earthSearch("nir.tif", "B08", "nir"),
            "nir08": earthSearch("none.tif", "B8A", "nir08", gsd: 20),
            "rededge3": earthSearch("none.tif", "B07", "rededge", gsd: 20),
            "scl": [
                "href": "none.tif", "type": "image/tiff; application=geotiff",
                "raster:bands": [["nodata": 0, "data_type": "uint8"]], "roles": ["data"],
            ],
            // The Planetary Computer's has the role of data.
            "visual": [
                "href": "none.tif", "type": "image/tiff; application=geotiff", "gsd": 10,
                "eo:bands": [
                    ["name": "B04", "common_name": "red"], ["name": "B03", "common_name": "green"],
                    ["name": "B02", "common_name": "blue"],
                ], "roles": ["data"],
            ],
            "thumbnail": ["href": "none.jpg", "type": "image/jpeg", "roles": ["thumbnail"]],
            "granule_metadata": [
                "href": "metadata.xml", "type": "application/xml", "roles": ["metadata"],
            ],
        ]
    }
}
