import Foundation
import IICInfer
import Testing

@testable import IICDaemon
@testable import IICWeb

struct StatusAPITests {
    private let board = ExampleBoard(full: true)

    private func reply(_ request: String) async throws -> (
        status: Int, json: JSONValue, text: String
    ) {
        let handler = WebHandler(
            guarding: WebGuard(address: try ListenAddress(parsing: "127.0.0.1:1"), token: nil),
            api: StatusAPI(board: board))
        let head = "\(request) HTTP/1.1\r\nHost: localhost:1"
        var reply: WebReply
        do {
            reply = try await handler.reply(
                to: WebRequest(head: Array(head.utf8), limits: WebLimits()))
        } catch let error as WebRefusal {
            reply = error.reply
            #expect(error.sentence.hasSuffix(".") || error.sentence.hasSuffix("”"))
        }
        guard case .bytes(let bytes) = reply.body else { return (reply.status, .null, "") }
        let isJSON = reply.headers.contains { $0.value == "application/json" }
        return (
            reply.status, isJSON ? try JSONValue(parsing: bytes) : .null,
            String(decoding: bytes, as: UTF8.self)
        )
    }

    private func first(_ state: JobState) throws -> Int {
        try #require(board.jobs(in: state, limit: 1, after: nil).first?.id)
    }

    @Test func jobsComeInPages() async throws {
        var ids: [Int] = []
        var next: Int?
        repeat {
            let after = next.map { "&after=\($0)" } ?? ""
            let page = try await reply("GET /api/jobs?limit=10\(after)").json
            ids += page["jobs"]?.array?.compactMap { $0["id"]?.integer } ?? []
            next = page["next"]?.integer
        } while next != nil
        let all = try board.jobs(in: nil, limit: 100, after: nil).map(\.id)
        #expect(ids == all && all.count == 46)
    }

    @Test(arguments: JobState.allCases)
    func jobsOfAState(state: JobState) async throws {
        let (status, json, _) = try await reply("GET /api/jobs?state=\(state.rawValue)")
        #expect(status == 200)
        let jobs = try #require(json["jobs"]?.array)
        let count = try board.counts()[state]
        #expect(jobs.count == count && !jobs.isEmpty)
        #expect(jobs.allSatisfy { $0["state"]?.string == state.rawValue })
        #expect(jobs.allSatisfy { ($0["progress"] != .null) == (state == .running) })
        #expect(json["counts"]?[state.rawValue]?.integer == jobs.count)
        #expect(json["next"] == .null)
    }

    @Test(arguments: [
        "state=finished", "state=", "state=done&state=failed", "limit=0", "limit=501", "limit=",
        "limit=ten", "limit=+5", "limit=99999999999999999999", "after=0", "after=x", "page=2",
        "limit=%00", "limit=5%20",
    ])
    func wrongParametersAreExplained(query: String) async throws {
        let (status, json, _) = try await reply("GET /api/jobs?\(query)")
        #expect(status == 400)
        let name = query.split(separator: "=")[0]
        #expect(json["error"]?.string?.contains(name) == true)
    }

    @Test func oneJob() async throws {
        let id = try first(.done)
        let (status, json, _) = try await reply("GET /api/jobs/\(id)")
        #expect(status == 200)
        guard case .object(var members) = json else {
            Issue.record("no object")
            return
        }
        let progress = members.removeValue(forKey: "progress")
        let job = try #require(try board.job(id))
        #expect(progress == .null && .object(members) == job.json)
        let running = try await reply("GET /api/jobs/\(try first(.running))").json
        #expect(running["progress"]?["unit"]?.string == "tiles")
    }

    @Test(arguments: [
        "/api/jobs/9999", "/api/jobs/0", "/api/jobs/-1", "/api/jobs/x", "/api/jobs/1/",
        "/api/jobs//",
        "/api/jobs/1/files", "/api", "/../etc/passwd", "/api/../healthz", "/%2e%2e/etc/passwd",
        "//healthz", "/healthz/", "/api/jobs/9999/picture", "/api/jobs/99999999999999999999",
        "/API",
        "/favicon.ico", "/api/jobs/1%2Fpicture%00",
    ])
    func nothingElseIsThere(path: String) async throws {
        let (status, json, _) = try await reply("GET \(path)")
        #expect(status == 404)
        #expect(json["error"]?.string?.isEmpty == false)
    }

    @Test func picturesComeByRows() async throws {
        let id = try first(.running)
        let live = try #require(board.live().first { $0.job.id == id }?.picture)
        let whole = try await reply("GET /api/jobs/\(id)/picture").json
        let rows = try #require(whole["rows"]?.integer)
        #expect(rows > 0 && rows < live.height && whole["first"]?.integer == 0)
        #expect(
            Data(base64Encoded: whole["labels"]?.string ?? "").map { Array($0) } == live.labels)
        #expect(whole["palette"]?.array?.first?["name"]?.string == "water")
        let rest = try await reply("GET /api/jobs/\(id)/picture?first=\(rows - 2)").json
        #expect(rest["rows"]?.integer == 2 && rest["first"]?.integer == rows - 2)
        #expect(
            Data(base64Encoded: rest["labels"]?.string ?? "").map { Array($0) }
                == Array(live.labels.suffix(2 * live.width)))
        let none = try await reply("GET /api/jobs/\(id)/picture?first=256").json
        #expect(none["rows"]?.integer == 0 && none["labels"]?.string == "")
        #expect(try await reply("GET /api/jobs/\(id)/picture?first=257").status == 400)
        #expect(try await reply("GET /api/jobs/\(try first(.done))/picture").status == 200)
        #expect(try await reply("GET /api/jobs/\(try first(.queued))/picture").status == 404)
    }

    @Test func retryAndCancel() async throws {
        let id = try first(.failed)
        #expect(try await reply("POST /api/jobs/\(id)/cancel").status == 409)
        let (status, json, _) = try await reply("POST /api/jobs/\(id)/retry")
        #expect(status == 200 && json["state"]?.string == "queued")
        let again = try await reply("POST /api/jobs/\(id)/retry")
        #expect(again.status == 409)
        #expect(again.json["error"]?.string?.contains("queued") == true)
        #expect(try await reply("POST /api/jobs/\(id)/cancel").json["state"]?.string == "cancelled")
        #expect(try await reply("POST /api/jobs/9999/retry").status == 404)
        #expect(try await reply("POST /api/jobs/9999/cancel").status == 404)
    }

    @Test(arguments: ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X"])
    func otherMethodsAreRefused(method: String) async throws {
        #expect(try await reply("\(method) /api/jobs").status == 405)
        #expect(try await reply("\(method) /api/jobs/1/retry").status == 405)
        #expect(try await reply("\(method) /none").status == 404)
    }

    @Test func methodsOfOtherAddresses() async throws {
        #expect(try await reply("POST /api/jobs").status == 405)
        #expect(try await reply("GET /api/jobs/1/retry").status == 405)
        #expect(try await reply("HEAD /api/jobs").status == 200)
    }

    @Test func statusTellsAll() async throws {
        let json = try await reply("GET /api/status").json
        #expect(json["daemon"]?["folder"]?.string == "/data/incoming")
        #expect(json["counts"]?["done"]?.integer == 24)
        #expect(json["live"]?.array?.count == 2 && json["obstacle"] == .null)
        let picture = json["live"]?.array?.first?["picture"]
        #expect(picture?["rows"]?.integer == 148)
        #expect((json["history"]?.array?.count ?? 0) == 180)
        board.obstacle = "The disk is full."
        #expect(try await reply("GET /api/status").json["obstacle"]?.string == "The disk is full.")
    }

    @Test func readinessIsThatOfTheFolder() async throws {
        #expect(try await reply("GET /readyz").text == "ready\n")
        board.obstacle = "The disk is full."
        let (status, _, text) = try await reply("GET /readyz")
        #expect(status == 503 && text == "The disk is full.\n")
        #expect(try await reply("GET /healthz").text == "ok\n")
    }

    @Test func aLedgerThatFailsIsReported() async throws {
        board.fail(with: TokenError(description: "The ledger is gone."))
        for path in ["/api/jobs", "/api/jobs/1", "/api/status", "/metrics"] {
            let (status, json, _) = try await reply("GET \(path)")
            #expect(status == 500)
            #expect(json["error"]?.string?.contains("The ledger is gone.") == true)
        }
        #expect(try await reply("GET /healthz").status == 200)
        #expect(try await reply("GET /").status == 200)
    }

    @Test func namesAreShownNotSent() async throws {
        let text = try await reply("GET /api/jobs?state=failed").text
        #expect(text.contains(#""scene":"<script>alert(1)</script>.tif""#))
        #expect(text.contains(#""scene":"\"quoted\" & 'single'.tif""#))
        #expect(text.contains(#""scene":"two\\x0Alines.tif""#))
        #expect(text.contains(#""scene":"D\\xFCne\\xFF.tif""#))
        #expect(text.contains("\"scene\":\"" + String(repeating: "a", count: 251) + ".tif\""))
        #expect(text.utf8.count { $0 == 10 } == 1)
    }
}
