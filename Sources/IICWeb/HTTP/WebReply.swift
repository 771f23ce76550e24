import Foundation
package import IICInfer

/// An answer to a request.
package struct WebReply: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// The answer goes on as things happen.
        case events(any WebEventSource)
    }

    package var status: Int
    package var headers: [(name: String, value: String)] = []
    package var body: Body

    package init(status: Int = 200, type: String, bytes: [UInt8]) {
        self.status = status
        headers = [("Content-Type", type)]
        body = .bytes(bytes)
    }

    package init(status: Int = 200, type: String, text: String) {
        self.init(status: status, type: type, bytes: Array(text.utf8))
    }

    package init(status: Int = 200, json: JSONValue) {
        self.init(status: status, type: "application/json", text: json.text + "\n")
    }

    /// Server-sent events.
    package static func events(of source: any WebEventSource) -> WebReply {
        var reply = WebReply(type: "text/event-stream", text: "")
        reply.body = .events(source)
        return reply
    }

    package func with(_ name: String, _ value: String) -> WebReply {
        var reply = self
        reply.headers.append((name, value))
        return reply
    }

    /// Status line and headers, with the empty line after them.
    ///
    /// Each connection serves one request: what follows a refused one can never be taken for another.
    var head: [UInt8] {
        var lines = ["HTTP/1.1 \(status) \(Self.phrases[status] ?? "Unknown")"]
        lines += headers.map { "\($0.name): \($0.value)" }
        if case .bytes(let bytes) = body { lines.append("Content-Length: \(bytes.count)") }
        if !headers.contains(where: { $0.name == "Content-Security-Policy" }) {
            lines.append("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'")
        }
        lines += [
            "Date: \(Date.now.formatted(Self.dateFormat))",
            "Cache-Control: no-store",
            "Connection: close",
            "Cross-Origin-Resource-Policy: same-origin",
            "Referrer-Policy: same-origin",
            "X-Content-Type-Options: nosniff",
        ]
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Such as `Sun, 01 Mar 2026 12:00:00 GMT` (RFC 9110, §5.6.7).
    private static let dateFormat = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \
            \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
            \(minute: .twoDigits):\(second: .twoDigits) GMT
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian))

    static let phrases = [
        200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict",
        411: "Length Required", 413: "Content Too Large",
        415: "Unsupported Media Type", 421: "Misdirected Request",
        431: "Request Header Fields Too Large", 500: "Internal Server Error",
        503: "Service Unavailable", 505: "HTTP Version Not Supported",
    ]
}

/// Why a request is not served.
package struct WebRefusal: Error {
    package var status: Int
    /// What is wrong and what to do.
    package var sentence: String
    package var headers: [(name: String, value: String)] = []

    package init(
        status: Int, sentence: String, headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.sentence = sentence
        self.headers = headers
    }

    package var reply: WebReply {
        var reply = WebReply(status: status, json: ["error": .string(sentence)])
        reply.headers += headers
        return reply
    }
}
