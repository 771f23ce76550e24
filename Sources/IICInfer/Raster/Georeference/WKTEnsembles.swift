/// Ensembles of datums in the text of a reference system.
///
/// EPSG's numbers stand for ensembles where a datum was measured several times (`ENSEMBLE` of WKT 2,
/// ISO 19162:2019, 8.2). GDAL tells such a system sometimes so and sometimes as one datum, and which of the
/// two depends on what its thread read before (PROJ 9.1). Texts that are compared, hashed or written
/// name the datum.
enum WKTEnsembles {
    /// The same system with each ensemble as the datum that it stands for: its name without
    /// “ensemble”, and its ellipsoid. A text that is not well-formed comes back as it is.
    static func replaced(in wkt: String) -> String {
        let text = Array(wkt.utf8)
        let keyword = Array("ENSEMBLE[".utf8)
        var result: [UInt8] = []
        var place = 0
        var isQuoted = false
        while place < text.count {
            if text[place] == quote { isQuoted.toggle() }
            guard !isQuoted, text[place...].starts(with: keyword),
                place == 0 || !isLetter(text[place - 1])
            else {
                result.append(text[place])
                place += 1
                continue
            }
            guard let (parts, end) = parts(of: text, from: place + keyword.count) else {
                return wkt
            }
            result += datum(parts)
            place = end
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
    }

    /// What stands between the commas of the brackets that opened before `start`.
    ///
    /// - Returns: `end` is behind the closing bracket; nil if there is none.
    private static func parts(
        of text: [UInt8], from start: Int
    ) -> (parts: [ArraySlice<UInt8>], end: Int)? {
        var parts: [ArraySlice<UInt8>] = []
        var (depth, first, isQuoted) = (0, start, false)
        for place in start..<text.count {
            switch text[place] {
            case quote: isQuoted.toggle()
            case _ where isQuoted: break
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]") where depth > 0: depth -= 1
            case UInt8(ascii: "]"): return (parts + [text[first..<place]], place + 1)
            case UInt8(ascii: ",") where depth == 0:
                parts.append(text[first..<place])
                first = place + 1
            default: break
            }
        }
        return nil
    }

    private static func datum(_ parts: [ArraySlice<UInt8>]) -> [UInt8] {
        let ellipsoid = parts.first { $0.starts(with: Array("ELLIPSOID[".utf8)) }
        var name = Array(parts.first ?? [])
        let word = Array(" ensemble\"".utf8)
        if name.suffix(word.count).elementsEqual(word) {
            name.removeLast(word.count)
            name.append(quote)
        }
        // A system of heights has no ellipsoid.
        guard let ellipsoid else { return Array("VDATUM[".utf8) + name + [UInt8(ascii: "]")] }
        var datum = Array("DATUM[".utf8) + name + [UInt8(ascii: ",")] + Array(ellipsoid)
        for number in parts where number.starts(with: Array("ID[".utf8)) {
            datum += [UInt8(ascii: ",")] + Array(number)
        }
        return datum + [UInt8(ascii: "]")]
    }
}
