import Testing

@testable import IICWeb

struct WebRequestTests {
    private func parsed(_ lines: String...) throws(WebRefusal) -> WebRequest {
        try WebRequest(head: Array(lines.joined(separator: "\r\n").utf8), limits: WebLimits())
    }

    private func status(_ lines: [String]) -> Int? {
        do throws(WebRefusal) {
            _ = try WebRequest(
                head: Array(lines.joined(separator: "\r\n").utf8), limits: WebLimits())
            return nil
        } catch {
            #expect(error.sentence.hasSuffix("."))
            return error.status
        }
    }

    @Test func partsAreDecoded() throws {
        let request = try parsed(
            "POST /api/a%20b?state=done&q=%C3%BC%3D&x HTTP/1.1", "Host: here:1", "X-Two: a",
            "x-two:  b ", "Content-Length: 7", "Cookie: a=1; iicd-1=x=y")
        #expect(request.method == "POST" && request.path == "/api/a b")
        #expect(request.query.map(\.name) == ["state", "q", "x"])
        #expect(request.query.map(\.value) == ["done", "ü=", ""])
        #expect(request.headers["x-two"] == ["a", "b"])
        #expect(request.bodyLength == 7)
        #expect(request.cookies("iicd-1") == ["x=y"])
        #expect(try request.header("host") == "here:1")
        #expect(throws: WebRefusal.self) { try request.header("x-two") }
    }

    @Test(
        arguments: [
            (400, ["GET"]), (400, ["GET  / HTTP/1.1"]), (400, ["GET / HTTP/1.1 "]),
            (400, ["GET http://elsewhere/ HTTP/1.1"]), (400, ["G\u{7}T / HTTP/1.1"]),
            (400, ["GET /ü HTTP/1.1"]), (400, ["GET /%zz HTTP/1.1"]), (400, ["GET /%FF HTTP/1.1"]),
            (400, ["GET / HTTP/1.1", "No colon"]), (400, ["GET / HTTP/1.1", " folded: yes"]),
            (400, ["GET / HTTP/1.1", "Spaced : yes"]), (400, ["GET / HTTP/1.1", ": none"]),
            (400, ["GET / HTTP/1.1", "a: b\u{0}"]), (400, ["GET / HTTP/1.1", "a: b\rc: d"]),
            (505, ["GET / HTTP/2"]), (505, ["GET / ICY"]),
            (411, ["POST / HTTP/1.1", "Transfer-Encoding: chunked"]),
            (411, ["POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 3"]),
            (400, ["POST / HTTP/1.1", "Content-Length: 3", "Content-Length: 4"]),
            (400, ["POST / HTTP/1.1", "Content-Length: -1"]),
            (400, ["POST / HTTP/1.1", "Content-Length: 0x10"]),
            (400, ["POST / HTTP/1.1", "Content-Length:"]),
            (413, ["POST / HTTP/1.1", "Content-Length: 65537"]),
            (413, ["POST / HTTP/1.1", "Content-Length: 99999999999999999999999"]),
            (431, ["GET / HTTP/1.1"] + (0...100).map { "h\($0): x" }),
        ] as [(Int, [String])])
    func malformedRequestsAreRefused(wanted: Int, lines: [String]) {
        #expect(status(lines) == wanted)
    }

    @Test func limitsAreReachable() {
        #expect(status(["POST / HTTP/1.0", "Content-Length: 65536"]) == nil)
        #expect(status(["GET / HTTP/1.1"] + (1...100).map { "h\($0): x" }) == nil)
    }
}
