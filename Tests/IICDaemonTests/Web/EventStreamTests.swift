import Foundation
import Testing
import WebTestClient

@testable import IICDaemon
@testable import IICWeb

/// Server-sent events, and what goes on for long.
@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    @Test func aClientThatReadsNothingIsLeft() async throws {
        let board = ExampleBoard(full: true)
        let quick = WebLimits.changed {
            $0.streams = 1
            $0.eventTime = .milliseconds(200)
            $0.eventPause = .milliseconds(1)
        }
        try await withServer(board, limits: quick) { server in
            let changes = Task {
                while !Task.isCancelled {
                    board.work(rows: 1)
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            defer { changes.cancel() }
            let request = "GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n"
            let client = try RawClient(port: server.address.port)
            try client.send(request)
            _ = try await client.read(until: "event: status")
            // Its place is free once nothing more fits between it and the server.
            var status = 503
            while status == 503 {
                let other = try RawClient(port: server.address.port)
                try other.send(request)
                status = RawReply(try await other.read(until: "\r\n\r\n")).status
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(status == 200)
            withExtendedLifetime(client) {}
        }
    }

    @Test func busyServersSaySo() async throws {
        try await withServer(
            limits: .changed {
                $0.connections = 2
                $0.grace = .milliseconds(100)
            }
        ) { server in
            var streams: [RawClient] = []
            for _ in 0..<2 {
                let client = try RawClient(port: server.address.port)
                try client.send("GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
                _ = try await client.read(until: "event: status")
                streams.append(client)
            }
            let reply = try await server.ask("GET /healthz")
            #expect(reply.status == 503 && reply.headers["retry-after"] == "1")
            streams = []
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await server.ask("GET /healthz").status == 200)
        }
    }

    @Test func streamsAreCounted() async throws {
        try await withServer { server in
            var streams: [RawClient] = []
            for _ in 0..<16 {
                let client = try RawClient(port: server.address.port)
                try client.send("GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
                _ = try await client.read(until: "event: status")
                streams.append(client)
            }
            let reply = try await server.ask("GET /api/events")
            #expect(reply.status == 503 && reply.headers["retry-after"] == "10")
            #expect(try await server.ask("GET /api/status").status == 200)
            streams.removeLast(4)
            try await Task.sleep(for: .milliseconds(500))
            let client = try RawClient(port: server.address.port)
            try client.send("GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
            #expect(try await client.read(until: "event: status").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func eventsFollowTheBoard() async throws {
        let board = ExampleBoard(full: true)
        try await withServer(
            board,
            limits: .changed {
                $0.eventPause = .milliseconds(20)
                $0.heartbeat = .milliseconds(100)
            }
        ) { server in
            let client = try RawClient(port: server.address.port)
            try client.send("GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
            let first = try await client.read(until: "\n\n: alive\n\n")
            #expect(first.contains("Content-Type: text/event-stream"))
            let version = board.version
            #expect(first.contains("id: \(version)\nevent: status\ndata: {"))
            #expect(first.components(separatedBy: "event: status").count == 2)
            board.obstacle = "The disk is full."
            let next = try await client.read(until: "The disk is full.")
            #expect(next.contains("id: \(version + 1)\n"))
        }
    }

    @Test func aShutdownWaitsForNobody() async throws {
        var clients: [RawClient] = []
        try await withServer { server in
            for index in 0..<6 {
                let client = try RawClient(port: server.address.port)
                clients.append(client)
                guard index.isMultiple(of: 2) else { continue }
                try client.send("GET /api/events HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
                _ = try await client.read(until: "event: status")
            }
        }
        // All have been closed, those too that had sent nothing.
        for client in clients { _ = try await client.read() }
    }
}
