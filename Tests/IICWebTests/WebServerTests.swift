import IICInfer
import IICWeb
import Testing
import WebTestClient

@Suite(.timeLimit(.minutes(10))) struct WebServerTests {
    private let echo = Echo()
    private let json = "Content-Type: application/json"

    private func withServer(
        token: AccessToken? = nil, limits: WebLimits = WebLimits(),
        _ body: (_ address: String) async throws -> Void
    ) async throws {
        let server = try WebServer(
            address: ListenAddress(parsing: "127.0.0.1:0"), token: token, api: echo,
            routes: EchoRoute.all, logger: quietLogger, limits: limits)
        try await serving(server) { try await body("\(server.address)") }
    }

    @Test func bodiesOfJSONAreRead() async throws {
        try await withServer { address in
            let body = #"{"text":"ü \"<b>\" \u0000"}"#
            for type in [json, "content-type: Application/JSON; charset=utf-8"] {
                let reply = try await RawClient.ask(
                    address, "POST /say", [type, "Content-Length: \(body.utf8.count)"], body: body)
                #expect(reply.status == 200)
            }
            #expect(echo.heard == ["ü \"<b>\" \0", "ü \"<b>\" \0"])
        }
    }

    /// One that comes in pieces is whole, and what follows it is not read.
    @Test func bodiesEndWithTheirLength() async throws {
        try await withServer { address in
            let body = #"{"text":""# + String(repeating: "x", count: 60_000) + #""}"#
            let reply = try await RawClient.ask(
                address, "POST /say", [json, "Content-Length: \(body.utf8.count)"],
                body: body + "POST /ping/1 HTTP/1.1\r\n\r\n")
            #expect(reply.status == 200)
            #expect(echo.heard.map(\.utf8.count) == [60_000])
        }
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jso",
        "text/plain; a=application/json", "application/json, text/plain", "",
    ])
    func formsSendNoJSON(type: String) async throws {
        try await withServer { address in
            let body = #"{"text":"hidden"}"#
            let lines = ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
            let reply = try await RawClient.ask(address, "POST /say", lines, body: body)
            #expect(reply.status == 415 && reply.body.contains("application/json"))
            let twice = try await RawClient.ask(address, "POST /say", [json] + lines, body: body)
            #expect(twice.status == 415)
            #expect(echo.heard.isEmpty)
        }
    }

    @Test(arguments: ["", "{", #"{"text":1"#, "{\"text\":\"\u{7F}", #"{"text":"a","text":"b"}"#])
    func whatIsNoJSONIsRefused(body: String) async throws {
        try await withServer { address in
            let reply = try await RawClient.ask(
                address, "POST /say", [json, "Content-Length: \(body.utf8.count)"], body: body)
            #expect(reply.status == 400 && reply.body.contains("not JSON"))
            #expect(echo.heard.isEmpty)
        }
    }

    @Test func largeBodiesAreRefused() async throws {
        try await withServer(limits: .changed { $0.body = 100 }) { address in
            let reply = try await RawClient.ask(
                address, "POST /say", [json, "Content-Length: 101"])
            #expect(reply.status == 413 && reply.body.contains("100 bytes"))
            #expect(echo.heard.isEmpty)
        }
    }

    @Test func otherBodiesAreLeftAside() async throws {
        try await withServer { address in
            let reply = try await RawClient.ask(
                address, "POST /ping/7", ["Content-Length: 5"], body: "hello")
            #expect(reply.status == 200 && reply.headers["content-type"] == "image/png")
            #expect(reply.headers["content-length"] == "4")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(echo.heard == ["7 0"])
        }
    }

    @Test func pagesElsewhereSayNothing() async throws {
        try await withServer { address in
            let body = #"{"text":"hidden"}"#
            let lines = [json, "Content-Length: \(body.utf8.count)"]
            for line in ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"] {
                let reply = try await RawClient.ask(
                    address, "POST /say", lines + [line], body: body)
                #expect(reply.status == 403)
            }
            // Nor is a browser that asks first told that it may.
            let asked = try await RawClient.ask(
                address, "OPTIONS /say",
                [
                    "Origin: http://evil.example", "Access-Control-Request-Method: POST",
                ])
            #expect(asked.status == 403)
            #expect(asked.headers["access-control-allow-origin"] == nil)
            #expect(echo.heard.isEmpty)
        }
    }

    @Test func errorsAreTheAPIsOwn() async throws {
        try await withServer(token: AccessToken("0123456789abcdef")) { address in
            let reply = try await RawClient.ask(address, "GET /open")
            #expect(reply.status == 500 && reply.body.contains("It fails: of no use."))
            #expect(try await RawClient.ask(address, "POST /say").status == 401)
            #expect(try await RawClient.ask(address, "GET /none").status == 401)
            let none = try await RawClient.ask(
                address, "GET /none", ["Authorization: Bearer 0123456789abcdef"])
            #expect(none.status == 404)
        }
    }

    @Test func eventsTellOfTheirSource() async throws {
        try await withServer(limits: .changed { $0.eventPause = .milliseconds(10) }) { address in
            let port = try ListenAddress(parsing: address).port
            let client = try RawClient(port: port)
            try client.send("GET /heard/events HTTP/1.1\r\nHost: \(address)\r\n\r\n")
            _ = try await client.read(until: "id: 0\nevent: heard\ndata: []\n\n")
            echo.hear("a")
            #expect(try await client.read(until: "\n\n").contains("id: 1\n"))
        }
    }
}
