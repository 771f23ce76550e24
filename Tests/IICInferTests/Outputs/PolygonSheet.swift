import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// A small map and the polygons that are drawn of it, in a folder of their own.
struct PolygonSheet {
    let folder: TemporaryFolder
    let width = 211
    let height = 163
    let legend = Legend.unnamed(classes: 5)
    let provenance = MapProvenance(
        sceneHash: "s", modelHash: "m", settingsHash: "t", version: "0.1")

    init() throws { folder = try TemporaryFolder() }

    /// Patches with noise on them, and holes without data.
    func label(_ x: Int, _ y: Int) -> UInt8 {
        if noise(x / 20, y / 15, 4) < 30 { return 255 }
        return noise(x, y, 1) < 70 ? noise(x, y, 2) % 5 : noise(x / 23, y / 31, 3) % 5
    }

    var labels: [UInt8] { (0..<width * height).map { label($0 % width, $0 / width) } }

    /// Writes the polygons of a map that comes in rows, so many at a time.
    @discardableResult
    func draw(
        _ name: String, _ place: Georeference, least: PatchSize? = nil, rows: Int = 50
    ) throws -> OutputSummary.Polygons {
        let frame = MapFrame(
            width: width, height: height, georeference: place,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5), legend: legend,
            threads: 1)
        let product = try PolygonLayer(path: folder(name), least: least).begin(frame)
        let labels = labels
        for row in stride(from: 0, to: height, by: rows) {
            let count = min(rows, height - row)
            try product.write(
                labels.span.extracting(row * width..<(row + count) * width),
                window: PixelWindow(x: 0, y: row, width: width, height: count))
        }
        let summary = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        var publication = Publication()
        product.publish(in: &publication)
        try publication.commit()
        return try #require(summary.polygons)
    }

    /// What a query of a file's layers says: one row, by column.
    func query(_ name: String, _ sql: String) throws -> [String: String] {
        let text = try output(
            of: "ogrinfo", ["-q", folder(name), "-dialect", "INDIRECT_SQLITE", "-sql", sql])
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count >= 4, parts[2] == "=" else { continue }
            result[String(parts[0])] = parts[3...].joined(separator: " ")
        }
        return result
    }

    var projected: Georeference {
        get throws {
            try #require(Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        }
    }

    enum Place: String, CaseIterable {
        case projected, rotated, southUp, mirrored, geographic, transform, none
    }

    func georeference(_ place: Place) throws -> Georeference {
        var result = try projected
        switch place {
        case .projected: break
        case .rotated: result.transform = [500_000, 0.4, 0.3, 5_400_000, 0.3, -0.4]
        case .southUp: result.transform = [500_000, 0.5, 0, 5_400_000, 0, 0.5]
        case .mirrored: result.transform = [500_000, -0.5, 0, 5_400_000, 0, -0.5]
        case .geographic:
            result = try #require(Georeference(epsg: 4326, left: 11, top: 49, pixelSize: 0.01))
        case .transform: result = Georeference(transform: [40, 0.5, 0, 90, 0, -0.5])
        case .none: result = .none
        }
        return result
    }
}
