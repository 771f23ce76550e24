internal import CGDAL

/// When a scene was taken, as far as its file says so.
public struct SceneTime: Hashable, Codable, Sendable {
    /// In the form of RFC 3339 and in UTC, such as `2019-07-04T10:11:12Z`.
    public let start: String
    /// The same as ``start``, or the end of the day where only a day is known.
    public let end: String
    /// The metadata item that says so, such as `TIFFTAG_DATETIME`.
    public let source: String

    /// Reads a date, with or without a time of day, as TIFF, EXIF and ISO 8601 write them.
    ///
    /// Without a time zone it is taken for UTC.
    ///
    /// - Returns: nil for what is no date, no time that there is, or of another time zone.
    public init?(parsing text: String, source: String) {
        let parts = text.split { $0 == "T" || $0.isWhitespace || $0 == "\0" }
        guard let first = parts.first, parts.count <= 2, let day = Self.day(first) else {
            return nil
        }
        self.source = source
        guard parts.count == 2 else {
            (start, end) = (day + "T00:00:00Z", day + "T23:59:59Z")
            return
        }
        guard let time = Self.time(parts[1]) else { return nil }
        start = day + "T" + time + "Z"
        end = start
    }

    /// From the start of one time to the end of another.
    init?(from start: String, to end: String, source: String) {
        guard let first = SceneTime(parsing: start, source: source),
            let last = SceneTime(parsing: end, source: source)
        else { return nil }
        (self.start, self.end, self.source) = (first.start, last.end, source)
    }

    /// `2019-07-04` of this or `2019:07:04`.
    private static func day(_ text: Substring) -> String? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == ":" }
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = number(parts[0]),
            let month = number(parts[1]), let day = number(parts[2])
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year > 0, (1...12).contains(month), (1...lengths[month - 1]).contains(day) else {
            return nil
        }
        return parts.joined(separator: "-")
    }

    /// `10:11:12` or `10:11:12.345`, of text that may end in UTC's marks.
    private static func time(_ text: Substring) -> String? {
        var text = text
        for mark in ["Z", "+00:00"] where text.hasSuffix(mark) {
            text = text.dropLast(mark.count)
            break
        }
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count <= 2, parts.map(\.utf8.count) == [2, 2, 2],
            let hour = number(parts[0]), let minute = number(parts[1]),
            let second = number(parts[2]), hour < 24, minute < 60, second < 60
        else { return nil }
        guard halves.count == 2 else { return String(halves[0]) }
        guard number(halves[1].prefix(6)) != nil else { return nil }
        // Many programs do not read more than microseconds.
        return "\(halves[0]).\(halves[1].prefix(6))"
    }

    /// Digits alone.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int(text) : nil
    }
}

extension SceneReader {
    /// When the scene was taken: what says so for sure comes first, TIFF's own tag, which many
    /// programs fill with the time at which they wrote the file, last.
    var time: SceneTime? {
        if let declaredTime { return declaredTime }
        func item(_ name: String, _ domain: String?) -> String? {
            unsafe GDALGetMetadataItem(dataset.handle, name, domain).map {
                unsafe String(cString: $0)
            }
        }
        // Landsat has day and time apart.
        if let day = item("DATE_ACQUIRED", nil) {
            let text = [day, item("SCENE_CENTER_TIME", nil)].compactMap(\.self)
            let time = SceneTime(parsing: text.joined(separator: " "), source: "DATE_ACQUIRED")
            if let time { return time }
        }
        let items: [(name: String, domain: String?)] = [
            ("ACQUISITIONDATETIME", "IMAGERY"), ("ACQUISITIONDATETIME", nil),
            ("DATATAKE_1_DATATAKE_SENSING_START", nil), ("PRODUCT_START_TIME", nil),
            ("EXIF_DateTimeOriginal", "EXIF"), ("EXIF_DateTimeOriginal", nil),
            ("TIFFTAG_DATETIME", nil),
        ]
        for (name, domain) in items {
            guard let text = item(name, domain) else { continue }
            if let time = SceneTime(parsing: text, source: name) { return time }
        }
        return nil
    }
}
