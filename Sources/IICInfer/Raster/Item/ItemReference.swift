/// What a reference (`href`) in a STAC Item names.
enum ItemReference {
    /// Why a reference names nothing that can be read, as the end of a sentence.
    struct Refusal: Error, Equatable {
        var reason: String
    }

    /// The path by which GDAL opens it: of a file, or of what lies on a server.
    ///
    /// - Parameter item: the item's own path or address, from whose folder relative references lead.
    static func path(of href: String, in item: String) throws(Refusal) -> String {
        let isRemote = ItemText.isAddress(item)
        if let scheme = scheme(of: href) {
            let rest = href.dropFirst(scheme.utf8.count + 1)
            switch scheme.lowercased() {
            case "http", "https": return "/vsicurl/" + href
            case "s3" where rest.hasPrefix("//"): return "/vsis3/" + rest.dropFirst(2)
            case "gs" where rest.hasPrefix("//"): return "/vsigs/" + rest.dropFirst(2)
            case "file" where !isRemote && rest.hasPrefix("///"):
                return decoded(String(rest.dropFirst(2)))
            case "file":
                throw Refusal(reason: "an item on a server may not name files of this machine")
            default:
                throw Refusal(
                    reason: "files, http(s)://, s3:// and gs:// can be read, and not \(scheme):")
            }
        }
        guard !href.isEmpty else { throw Refusal(reason: "it is empty") }
        guard isRemote else {
            let name = href.hasPrefix("./") ? String(href.dropFirst(2)) : href
            let path = name.utf8.first == UInt8(ascii: "/") ? name : beside(item, name)
            // Many programs write names as they are.
            let isThere = path.hasPrefix("/vsi") || (try? FileStamp(path)) ?? nil != nil
            return isThere ? path : decoded(path)
        }
        return "/vsicurl/" + joined(href, to: ItemText.place(of: item))
    }

    private static func beside(_ item: String, _ name: String) -> String {
        let folder = AtomicFile.folder(of: item)
        return folder == "." && !item.hasPrefix("./") ? name : folder + "/" + name
    }

    /// What stands before the first colon, if it is the name of a scheme.
    private static func scheme(of href: String) -> String? {
        guard let colon = href.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = href[..<colon]
        let isName =
            name.utf8.count > 1
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || "0123456789+-.".unicodeScalars.contains($0))
            }
        return isName ? String(name) : nil
    }

    /// A reference without a scheme, from an address without a query (RFC 3986, section 5.2).
    private static func joined(_ href: String, to base: String) -> String {
        let scheme = base.prefix { $0 != ":" }
        if href.hasPrefix("//") { return "\(scheme):\(href)" }
        let start = base.utf8.index(base.startIndex, offsetBy: scheme.utf8.count + 3)
        let server = base[..<(base[start...].firstIndex(of: "/") ?? base.endIndex)]
        let path = href.prefix { $0 != "?" && $0 != "#" }
        var steps: [Substring] = []
        if !path.hasPrefix("/") {
            steps = base[server.endIndex...].split(separator: "/").dropLast(
                base.hasSuffix("/") ? 0 : 1)
        }
        for step in path.split(separator: "/") where step != "." {
            if step == ".." { _ = steps.popLast() } else { steps.append(step) }
        }
        return server + "/" + steps.joined(separator: "/") + href[path.endIndex...]
    }

    /// With `%C3` and the like as the bytes that they stand for.
    private static func decoded(_ path: String) -> String {
        let bytes = path.pathBytes
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes[(index + 1)...].prefix(2).compactMap {
                Character(Unicode.Scalar($0)).hexDigitValue
            }
            if bytes[index] == UInt8(ascii: "%"), digits.count == 2, digits != [0, 0] {
                result.append(UInt8(digits[0] * 16 + digits[1]))
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(pathBytes: result)
    }
}
