import Foundation
import IICInfer

extension WorkerMessage {
    /// No map has more pixels on a side (GDAL's limit).
    private static let longestSide = Int(Int32.max)
    /// Bytes of a sentence that are kept.
    private static let longestText = 16 << 10

    /// Reads a line of a worker, which a hostile scene may have taken over: nil for whatever is not as
    /// it should be, to the last number.
    ///
    /// - Parameter line: without its end.
    package init?(line: [UInt8]) {
        guard line.first == UInt8(ascii: "{"), let value = try? JSONValue(parsing: line),
            let event = value["event"]?.string, let message = Self.message(event, value)
        else { return nil }
        self = message
    }

    private static func message(_ event: String, _ value: JSONValue) -> WorkerMessage? {
        switch event {
        case "progress": progress(value).map { .event(.progress($0)) }
        case "rows": rows(value).map { .event(.rows($0)) }
        case "warning": text(value["text"]).map { .event(.warning($0)) }
        case "started": start(value).map { .event($0) }
        case "alive": .alive
        case "estimate": amount(value["seconds"]).map { .estimate($0) }
        case "done": result(value).map { .done($0) }
        case "failed": failure(value).map { .failed($0) }
        default: nil
        }
    }

    private static func progress(_ value: JSONValue) -> WorkerProgress? {
        guard let stage = text(value["stage"]), let done = amount(value["done"]),
            let total = amount(value["total"]), let unit = text(value["unit"])
        else { return nil }
        return WorkerProgress(
            stage: stage, done: done, total: total, unit: unit, rate: amount(value["rate"]),
            secondsLeft: amount(value["secondsLeft"]))
    }

    private static func start(_ value: JSONValue) -> WorkerEvent? {
        guard let host = text(value["host"]), let process = value["process"]?.integer,
            process > 0
        else { return nil }
        return .started(host: host, process: process)
    }

    private static func rows(_ value: JSONValue) -> MapRows? {
        let sides = 1...MapRows.longestSide
        guard let width = value["width"]?.integer, sides.contains(width),
            let height = value["height"]?.integer, sides.contains(height),
            let first = value["first"]?.integer, (0..<height).contains(first),
            let labels = value["labels"]?.string.flatMap({ Data(base64Encoded: $0) }),
            !labels.isEmpty, labels.count.isMultiple(of: width),
            labels.count / width <= height - first
        else { return nil }
        return MapRows(width: width, height: height, first: first, labels: Array(labels))
    }

    private static func failure(_ value: JSONValue) -> JobFailure? {
        guard let code = value["code"]?.integer, (1...255).contains(code),
            let stage = text(value["stage"]), let sentence = text(value["text"])
        else { return nil }
        return JobFailure(code: Int32(code), stage: stage, sentence: sentence)
    }

    private static func result(_ value: JSONValue) -> JobResult? {
        guard let width = value["width"]?.integer, (1...longestSide).contains(width),
            let height = value["height"]?.integer, (1...longestSide).contains(height),
            let hash = hash(value["sceneSHA256"]), let isUnchanged = value["unchanged"]?.bool,
            let nodata = value["nodataPixels"]?.integer, (0...width * height).contains(nodata),
            let classes = all(value["classes"], { share($0, most: width * height) }),
            classes.count <= 255,
            // From above, since a sum of what it claims could overflow.
            classes.reduce(width * height - nodata, { max(-1, $0 - $1.pixels) }) == 0,
            let files = all(value["files"], file), !files.isEmpty
        else { return nil }
        return JobResult(
            width: width, height: height, sceneHash: hash, files: files, classes: classes,
            nodataPixels: nodata, seconds: 0, isUnchanged: isUnchanged, warnings: [])
    }

    private static func share(_ value: JSONValue, most: Int) -> JobResult.ClassShare? {
        guard let name = text(value["name"]), let colour = value["colour"]?.string,
            colour.utf8.count == 7, colour.hasPrefix("#"),
            colour.utf8.dropFirst().allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let pixels = value["pixels"]?.integer, (0...most).contains(pixels),
            let metres = value["squareMetres"], metres == .null || amount(metres) != nil
        else { return nil }
        return JobResult.ClassShare(
            name: name, colour: colour, pixels: pixels, squareMetres: amount(metres))
    }

    private static func file(_ value: JSONValue) -> JobResult.File? {
        guard let path = value["path"]?.string, !path.isEmpty, path.pathBytes.count < 4096,
            let bytes = value["bytes"]?.integer, bytes >= 0, let hash = hash(value["sha256"])
        else { return nil }
        return JobResult.File(path: FileName(path), bytes: bytes, sha256: hash)
    }

    /// All items of a list of at most a thousand; nil if one of them is nil.
    private static func all<Item>(
        _ value: JSONValue?, _ item: (JSONValue) -> Item?
    ) -> [Item]? {
        guard let values = value?.array, values.count <= 1000 else { return nil }
        let items = values.compactMap(item)
        return items.count == values.count ? items : nil
    }

    /// A number that is no less than 0.
    private static func amount(_ value: JSONValue?) -> Double? {
        value?.number.flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.string.flatMap { $0.utf8.count <= longestText ? $0 : nil }
    }

    /// 64 lower-case hexadecimal digits.
    private static func hash(_ value: JSONValue?) -> String? {
        value?.string.flatMap { text in
            let digits = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
            return digits && text.utf8.count == 64 ? text : nil
        }
    }
}
