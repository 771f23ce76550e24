import Foundation
import IICInfer

/// Request line and headers, checked, and a body of JSON.
package struct WebRequest: Sendable {
    package var method: String
    /// Percent-decoded.
    package var path: String
    /// Percent-decoded, in their order.
    package var query: [(name: String, value: String)]
    /// By names in lower case.
    package private(set) var headers: [String: [String]] = [:]
    /// Bytes of the body.
    private(set) var bodyLength = 0
    /// Empty where the body does not come as JSON.
    package var body: [UInt8] = []

    /// - Parameter head: all before the empty line that ends it.
    package init(head: some Collection<UInt8>, limits: WebLimits) throws(WebRefusal) {
        guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 || $0 == 10 || $0 == 13 }),
            let text = String(validating: head, as: UTF8.self)
        else {
            throw WebRefusal(status: 400, sentence: "The request has control characters.")
        }
        // By scalars: as a `Character`, a line's end is one, or none where an accent follows it.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.last == "\r" ? $0.dropLast() : $0 }
        guard !lines.contains(where: { $0.contains("\r") }), let first = lines.first else {
            throw WebRefusal(
                status: 400, sentence: "The request's lines do not end as they should.")
        }
        let parts = String(first).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isToken(parts[0]), parts[1].hasPrefix("/"),
            parts[1].utf8.allSatisfy({ $0 < 0x7F })
        else {
            throw WebRefusal(
                status: 400, sentence: "The request line is not of the form GET /path HTTP/1.1.")
        }
        guard ["HTTP/1.1", "HTTP/1.0"].contains(parts[2]) else {
            throw WebRefusal(status: 505, sentence: "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        }
        method = String(parts[0])
        let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = try Self.decoded(target[0])
        query = []
        for part in target.count > 1 ? target[1].split(separator: "&") : [] {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query.append(
                (try Self.decoded(pair[0]), pair.count > 1 ? try Self.decoded(pair[1]) : ""))
        }
        try readHeaders(lines.dropFirst().map { String($0) }, limits)
        bodyLength = try checkedBodyLength(limits)
    }

    private mutating func readHeaders(
        _ lines: [String], _ limits: WebLimits
    ) throws(WebRefusal) {
        guard lines.count <= limits.headers else {
            throw WebRefusal(
                status: 431, sentence: "The request has more than \(limits.headers) headers.")
        }
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.isToken(parts[0]) else {
                throw WebRefusal(
                    status: 400, sentence: "A header of the request is not of the form Name: value."
                )
            }
            headers[parts[0].lowercased(), default: []].append(
                parts[1].trimmingCharacters(in: .whitespaces))
        }
    }

    private func checkedBodyLength(_ limits: WebLimits) throws(WebRefusal) -> Int {
        guard headers["transfer-encoding"] == nil else {
            throw WebRefusal(
                status: 411, sentence: "A body must come with its Content-Length.")
        }
        guard let lengths = headers["content-length"] else { return 0 }
        guard lengths.count == 1, !lengths[0].isEmpty,
            lengths[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            throw WebRefusal(status: 400, sentence: "The request's Content-Length is not a number.")
        }
        guard let length = Int(lengths[0]), length <= limits.body else {
            throw WebRefusal(
                status: 413,
                sentence: "The request's body is larger than \(limits.body) bytes.")
        }
        return length
    }

    /// The value of a header that may be there once; nil where it is missing.
    package func header(_ name: String) throws(WebRefusal) -> String? {
        guard let values = headers[name] else { return nil }
        guard values.count == 1 else {
            throw WebRefusal(status: 400, sentence: "The request has several \(name) headers.")
        }
        return values[0]
    }

    /// The cookie of that name.
    func cookies(_ name: String) -> [String] {
        (headers["cookie"] ?? []).flatMap { $0.split(separator: ";") }.compactMap { cookie in
            let pair = cookie.trimmingCharacters(in: .whitespaces).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return pair.count == 2 && pair[0] == name ? String(pair[1]) : nil
        }
    }

    private static func decoded(_ text: Substring) throws(WebRefusal) -> String {
        guard let decoded = text.removingPercentEncoding else {
            throw WebRefusal(
                status: 400,
                sentence: "The address has a % without the two digits of a byte, or "
                    + "bytes that are not UTF-8.")
        }
        return decoded
    }

    /// What RFC 9110 calls so: the form of methods and of headers' names.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            }
    }
}
