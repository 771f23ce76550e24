import Foundation
import IICInfer

/// Where the pixels of a raster lie.
struct RasterPlace {
    let path: String
    let width: Int
    let height: Int
    let georeference: Georeference

    /// Pixels that two rasters may lie apart and still be compared: at half a pixel it is not sure any
    /// more which pixel of one is which of the other.
    private static let mostApart = 0.49
    /// What other programs lose by writing decimal numbers.
    private static let leastApart = 0.01

    /// Checks that a raster of truth lies on the pixels of another one.
    ///
    /// - Returns: what had to be taken for granted, as sentences.
    /// - Throws: if both know their place and it is not the same, or their sizes differ.
    static func check(
        _ raster: RasterPlace, truth: RasterPlace
    ) throws(EvaluationError) -> [String] {
        let (one, two) = (raster.georeference, truth.georeference)
        let command = raster.warping(truth)
        let areSystemsKnown = one.crs != nil && two.crs != nil
        // Two descriptions of a system need not be equal to mean the same ground.
        if areSystemsKnown, !one.hasSystem(of: two), raster.pixelsApart(from: truth) >= mostApart {
            throw .systemsDiffer(
                labels: raster.path, labelsSystem: one.crsName ?? "another reference system",
                truth: truth.path, truthSystem: two.crsName ?? "another reference system",
                command: command)
        }
        guard raster.width == truth.width, raster.height == truth.height else {
            throw .sizesDiffer(
                labels: raster.path, labelsSize: (raster.width, raster.height), truth: truth.path,
                truthSize: (truth.width, truth.height), command: command)
        }
        guard one.transform != nil, two.transform != nil else { return unplaced(raster, truth) }
        let apart = raster.pixelsApart(from: truth)
        guard apart < mostApart else {
            throw .placesDiffer(
                labels: raster.path, truth: truth.path, pixels: apart, command: command)
        }
        var notes: [String] = []
        if apart > leastApart {
            notes.append(
                "The pixels of “\(truth.path)” lie up to \(String(format: "%.2f", apart)) pixels "
                    + "beside those of “\(raster.path)”: they are compared as they are.")
        }
        if (one.crs == nil) != (two.crs == nil) {
            let (without, with) = one.crs == nil ? (raster, truth) : (truth, raster)
            notes.append(
                "“\(without.path)” names no reference system: its coordinates are taken for those "
                    + "of “\(with.path)”.")
        }
        return notes
    }

    /// What is taken for granted where not both have a transform.
    private static func unplaced(_ raster: RasterPlace, _ truth: RasterPlace) -> [String] {
        let (one, two) = (raster.georeference, truth.georeference)
        if one.transform == nil, two.transform == nil {
            guard one.controlPoints != two.controlPoints else { return [] }
            return [
                "The control points of “\(raster.path)” and “\(truth.path)” differ: their pixels "
                    + "are compared as they lie."
            ]
        }
        let (without, with) = one.transform == nil ? (raster, truth) : (truth, raster)
        return [
            "“\(without.path)” does not say where its pixels lie: they are taken for those of "
                + "“\(with.path)”."
        ]
    }

    /// How far the corners of the other raster lie from this one's, on the ground if both know their
    /// system, in the other's pixels at most; infinite where that cannot be told.
    private func pixelsApart(from other: RasterPlace) -> Double {
        guard let a = georeference.transform, let b = other.georeference.transform else {
            return .infinity
        }
        let determinant = b[1] * b[5] - b[2] * b[4]
        guard determinant != 0 else { return a == b ? 0 : .infinity }
        let corners = [(0, 0), (width, 0), (0, height), (width, height)].map { x, y in
            (column: Double(x), row: Double(y))
        }
        var places = corners.map { column, row in
            (x: a[0] + column * a[1] + row * a[2], y: a[3] + column * a[4] + row * a[5])
        }
        let areSystemsKnown = georeference.crs != nil && other.georeference.crs != nil
        if areSystemsKnown, !georeference.hasSystem(of: other.georeference) {
            guard let moved = georeference.coordinates(places, in: other.georeference) else {
                return .infinity
            }
            places = moved
        }
        var most = 0.0
        for ((column, row), place) in zip(corners, places) {
            let (east, north) = (place.x - b[0], place.y - b[3])
            let dx = (east * b[5] - north * b[2]) / determinant - column
            let dy = (north * b[1] - east * b[4]) / determinant - row
            // Not a number is far away too.
            guard abs(dx) < .infinity, abs(dy) < .infinity else { return .infinity }
            most = max(most, abs(dx), abs(dy))
        }
        return most
    }

    /// The command that brings a raster of classes onto the pixels of this one; nil where GDAL's
    /// program cannot, or its line would be too long.
    private func warping(_ truth: RasterPlace) -> String? {
        guard let t = georeference.transform, truth.georeference.transform != nil, t[2] == 0,
            t[4] == 0, t[1] > 0, t[5] < 0
        else { return nil }
        var words = ["gdalwarp"]
        if georeference.crs != nil, truth.georeference.crs != nil,
            !georeference.hasSystem(of: truth.georeference)
        {
            guard let code = georeference.crsCode else { return nil }
            words += ["-t_srs", code]
        }
        let (left, top) = (t[0], t[3])
        let (right, bottom) = (left + Double(width) * t[1], top + Double(height) * t[5])
        words += ["-te"] + [left, bottom, right, top].map(Self.text)
        // Where there is no truth it would otherwise be class 0.
        words += ["-ts", "\(width)", "\(height)", "-r", "near", "-dstnodata", "255"]
        return (words + [Self.quoted(truth.path), "warped-truth.tif"]).joined(separator: " ")
    }

    private static func text(_ value: Double) -> String {
        abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    /// As a shell takes it for one word.
    static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_./-+:=,@%".utf8.contains(byte)
            }
        }
        return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}

extension LabelReader {
    var place: RasterPlace {
        RasterPlace(path: path, width: width, height: height, georeference: georeference)
    }
}

extension SceneReader {
    var place: RasterPlace {
        RasterPlace(path: path, width: width, height: height, georeference: georeference)
    }
}
