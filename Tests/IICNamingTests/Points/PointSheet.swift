import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// Vector files about a small raster, in a folder of their own.
struct PointSheet {
    let folder: TemporaryFolder
    let width = 60
    let height = 40
    let place: Georeference

    init() throws {
        folder = try TemporaryFolder()
        place = try #require(
            Georeference(epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: 2))
    }

    var raster: PointRaster { raster(place) }

    func raster(_ place: Georeference) -> PointRaster {
        PointRaster(path: "map.tif", width: width, height: height, georeference: place)
    }

    /// Writes GeoJSON of features whose geometries are given as JSON.
    @discardableResult
    func features(
        _ name: String, _ features: [(geometry: String, kind: String)], epsg: Int? = 25833
    ) throws -> String {
        let crs = epsg.map {
            "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::\($0)\"}},"
        }
        let lines = features.map {
            """
            {"type":"Feature","properties":{"kind":\($0.kind)},"geometry":\($0.geometry)}
            """
        }
        let text = """
            {"type":"FeatureCollection",\(crs ?? "")"features":[\(lines.joined(separator: ",\n"))]}
            """
        return try folder.write(Array(text.utf8), to: name)
    }

    /// A point in the middle of a pixel.
    func point(_ x: Double, _ y: Double) -> String {
        "{\"type\":\"Point\",\"coordinates\":[\(coordinates(x + 0.5, y + 0.5))]}"
    }

    func polygon(_ rings: [[(Double, Double)]]) -> String {
        let texts = rings.map { ring in
            "[" + (ring + [ring[0]]).map { "[\(coordinates($0.0, $0.1))]" }.joined(separator: ",")
                + "]"
        }
        return "{\"type\":\"Polygon\",\"coordinates\":[\(texts.joined(separator: ","))]}"
    }

    /// Of a column and a row.
    private func coordinates(_ x: Double, _ y: Double) -> String {
        "\(400_000 + 2 * x),\(5_800_000 - 2 * y)"
    }

    func read(
        _ name: String, field: String = "kind", on place: Georeference? = nil,
        pixelsPerPolygon: Int = 200
    ) throws -> PointPixels {
        try PointReader(path: folder(name), field: field, pixelsPerPolygon: pixelsPerPolygon)
            .pixels(on: raster(place ?? self.place))
    }
}

extension PointPixels {
    /// Columns, rows and names, as texts.
    var texts: [String] { pixels.map { "\($0.x) \($0.y) \(name(of: $0))" } }
}
