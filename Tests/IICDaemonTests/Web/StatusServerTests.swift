import Foundation
import IICInfer
import Testing
import WebTestClient

@testable import IICDaemon
@testable import IICWeb

/// The server on real sockets.
@Suite(.timeLimit(.minutes(1))) struct StatusServerTests {
    @Test func answersHaveTheirHeaders() async throws {
        try await withServer { server in
            for path in ["/", "/api/status", "/healthz", "/none"] {
                let reply = try await server.ask("GET \(path)")
                #expect(reply.status == (path == "/none" ? 404 : 200))
                #expect(reply.headers["content-length"] == "\(reply.body.utf8.count)")
                #expect(
                    reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'")
                        == true)
                #expect(reply.headers["x-content-type-options"] == "nosniff")
                #expect(reply.headers["referrer-policy"] == "same-origin")
                #expect(reply.headers["cache-control"] == "no-store")
                #expect(reply.headers["connection"] == "close")
                #expect(
                    reply.headers["date"]?.wholeMatch(
                        of: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
                #expect(reply.headers["access-control-allow-origin"] == nil)
            }
            let page = try await server.ask("GET /")
            #expect(page.body == StatusPage.document)
            let head = try await server.ask("HEAD /")
            #expect(
                head.body.isEmpty
                    && head.headers["content-length"] == page.headers["content-length"])
            #expect(try await server.ask("DELETE /api/jobs").headers["allow"] == "GET, HEAD")
            #expect(try await server.ask("GET /api/jobs/1/retry").headers["allow"] == "POST")
        }
    }

    @Test func oversizedRequestsAreRefused() async throws {
        try await withServer { server in
            let long = String(repeating: "x", count: 20_000)
            #expect(try await server.ask("GET /\(long)").status == 431)
            #expect(try await server.ask("GET /", "X-Long: \(long)").status == 431)
            let many = (0..<101).map { "X-\($0): x" }.joined(separator: "\r\n")
            #expect(try await server.ask("GET /", many).status == 431)
            #expect(
                try await server.ask("POST /api/jobs/1/retry", "Content-Length: 65537").status
                    == 413)
            // Never ending headers end at the limit.
            let client = try RawClient(port: server.address.port)
            try client.send("GET / HTTP/1.1\r\n")
            for _ in 0..<400 where (try? client.send("X-More: \(long.prefix(100))\r\n")) == nil {
                break
            }
            #expect(RawReply(try await client.read()).status == 431)
        }
    }

    /// A page elsewhere could hide a request in the body of one that is refused.
    @Test func bodiesAreNoRequests() async throws {
        let board = ExampleBoard(full: true)
        let id = try #require(board.jobs(in: .failed, limit: 1, after: nil).first?.id)
        try await withServer(board) { server in
            let hidden = "POST /api/jobs/\(id)/retry HTTP/1.1\r\nHost: \(server.address)\r\n\r\n"
            for length in [hidden.utf8.count, 0, 70_000] {
                let client = try RawClient(port: server.address.port)
                try client.send(
                    "POST /api/jobs HTTP/1.1\r\nHost: \(server.address)\r\n"
                        + "Origin: http://evil.example\r\nContent-Length: \(length)\r\n\r\n"
                        + hidden)
                let text = try await client.read()
                #expect(text.components(separatedBy: "HTTP/1.1 ").count == 2)
                #expect([403, 413].contains(RawReply(text).status))
            }
            #expect(try board.job(id)?.state == .failed)
        }
    }

    @Test func slowClientsEndAndHoldNobodyUp() async throws {
        try await withServer(limits: .changed { $0.requestTime = .milliseconds(700) }) { server in
            let slow = try RawClient(port: server.address.port)
            try slow.send("GET / HTTP/1.1\r\nHost: ")
            let silent = try RawClient(port: server.address.port)
            for _ in 0..<5 { #expect(try await server.ask("GET /healthz").status == 200) }
            #expect(RawReply(try await slow.read()).status == 408)
            #expect(RawReply(try await silent.read()).status == 408)
            let half = try RawClient(port: server.address.port)
            try half.send(
                "POST /api/jobs/1/retry HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: 9\r\n\r\nhalf"
            )
            #expect(RawReply(try await half.read()).status == 408)
        }
    }

    @Test func crowdsAreServed() async throws {
        try await withServer { server in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        try await server.ask("GET \(index.isMultiple(of: 2) ? "/api/jobs" : "/")")
                            .status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 100])
        }
    }

    @Test func idleConnectionsGiveWay() async throws {
        try await withServer(limits: .changed { $0.grace = .milliseconds(200) }) { server in
            var idle: [RawClient] = []
            for _ in 0..<100 { idle.append(try RawClient(port: server.address.port)) }
            #expect(try await server.ask("GET /api/status").status == 200)
            withExtendedLifetime(idle) {}
        }
    }
}
