import Testing
import WebTestClient

@testable import IICDaemon
@testable import IICWeb

struct WebGuardTests {
    private let board = ExampleBoard(full: true)
    private let token = try? AccessToken("0123456789abcdef")

    private func status(
        _ request: String, _ lines: [String], token: AccessToken? = nil,
        address: String = "127.0.0.1:8472"
    ) async throws -> Int {
        let handler = WebHandler(
            guarding: WebGuard(address: try ListenAddress(parsing: address), token: token),
            api: StatusAPI(board: board))
        let head = (["\(request) HTTP/1.1"] + lines).joined(separator: "\r\n")
        do {
            return try await handler.reply(
                to: WebRequest(head: Array(head.utf8), limits: WebLimits())
            ).status
        } catch let error as WebRefusal {
            return error.status
        }
    }

    @Test(arguments: [
        (200, "127.0.0.1:8472"), (200, "localhost:8472"), (200, "LOCALHOST:8472"),
        (200, "[::1]:8472"), (421, "localhost"), (421, "localhost:80"), (421, "evil.example:8472"),
        (421, "evil.example"), (421, ""), (421, "127.0.0.1.evil.example:8472"),
        (421, "evil.example@127.0.0.1:8472"),
    ])
    func onlyOwnHostsAreServed(wanted: Int, host: String) async throws {
        #expect(try await status("GET /api/status", ["Host: \(host)"]) == wanted)
        #expect(try await status("GET /healthz", ["Host: \(host)"]) == wanted)
        // Whoever has the token may come by any name.
        #expect(
            try await status(
                "GET /api/status", ["Host: \(host)", "Authorization: Bearer 0123456789abcdef"],
                token: token) == 200)
    }

    @Test func oneHostIsNeeded() async throws {
        #expect(try await status("GET /", []) == 400)
        let twice = ["Host: localhost:8472", "Host: localhost:8472"]
        #expect(try await status("GET /", twice) == 400)
        #expect(try await status("GET /", ["Host: localhost"], address: "127.0.0.1:80") == 200)
    }

    @Test(
        arguments: [
            (200, []), (200, ["Origin: http://localhost:8472"]),
            (200, ["Origin: http://localhost:8472", "Sec-Fetch-Site: same-origin"]),
            (200, ["Sec-Fetch-Site: none"]), (403, ["Origin: null"]), (403, ["Origin: "]),
            (403, ["Origin: http://localhost:8473"]), (403, ["Origin: http://localhost"]),
            (403, ["Origin: http://evil.example"]), (403, ["Origin: http://127.0.0.1:8472"]),
            (403, ["Origin: http://localhost:8472", "Sec-Fetch-Site: same-site"]),
            (403, ["Sec-Fetch-Site: cross-site"]), (403, ["Sec-Fetch-Site: same-site"]),
            (403, ["Origin: http://localhost:8472.evil.example"]),
        ] as [(Int, [String])])
    func postsComeFromTheOwnPage(wanted: Int, lines: [String]) async throws {
        let id = try #require(board.jobs(in: .failed, limit: 1, after: nil).first?.id)
        let lines = ["Host: localhost:8472"] + lines
        #expect(try await status("POST /api/jobs/\(id)/retry", lines) == wanted)
        let isTried = try board.job(id)?.state == .queued
        #expect(isTried == (wanted == 200))
    }

    @Test func otherSitesMayLinkToThePageAlone() async throws {
        let lines = ["Host: localhost:8472", "Sec-Fetch-Site: cross-site"]
        #expect(try await status("GET /", lines) == 200)
        #expect(try await status("GET /api/status", lines) == 403)
        #expect(try await status("GET /api/events", lines) == 403)
        #expect(try await status("POST /", lines) == 403)
    }

    @Test func aTokenIsAskedFor() async throws {
        let token = try #require(token)
        let host = "Host: maps.example:8472"
        let cookie = "iicd-8472=\(token.cookie)"
        for path in ["/", "/api/jobs", "/api/status", "/metrics", "/api/events", "/none"] {
            #expect(try await status("GET \(path)", [host], token: token) == 401)
        }
        for line in [
            "Authorization: Bearer 0123456789abcdeg", "Authorization: Basic 0123456789abcdef",
            "Authorization: 0123456789abcdef", "Cookie: iicd-8472=0123456789abcdef",
            "Cookie: iicd-8473=\(token.cookie)", "Cookie: iicd-8472=",
        ] {
            #expect(try await status("GET /api/jobs", [host, line], token: token) == 401)
        }
        #expect(try await status("GET /healthz", [host], token: token) == 200)
        #expect(try await status("GET /readyz", [host], token: token) == 200)
        #expect(
            try await status("GET /api/jobs", [host, "Cookie: a=b; \(cookie)"], token: token) == 200
        )
        #expect(
            try await status(
                "POST /api/jobs/1/retry",
                [host, "Cookie: \(cookie)", "Origin: http://evil.example"], token: token) == 403)
    }

    @Test func theAddressWithATokenLogsIn() async throws {
        let token = try #require(token)
        try await withServer(board, token: token) { server in
            let reply = try await server.ask("GET /?token=0123456789abcdef")
            #expect(reply.status == 303 && reply.headers["location"] == "/")
            let cookie = try #require(reply.headers["set-cookie"])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            #expect(!cookie.contains("0123456789abcdef"))
            let pair = try #require(cookie.split(separator: ";").first)
            #expect(try await server.ask("GET /", "Cookie: \(pair)").status == 200)
            let wrong = try await server.ask("GET /?token=0123456789abcdeg")
            #expect(wrong.status == 401 && wrong.headers["set-cookie"] == nil)
            #expect(wrong.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        }
    }
}
