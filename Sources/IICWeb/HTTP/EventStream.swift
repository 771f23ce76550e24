import IICInfer

/// Server-sent events: the state whenever it has changed, and a sign of life between them.
struct EventStream: Sendable {
    let source: any WebEventSource
    let limits: WebLimits

    func run(to connection: Connection) async throws {
        var last: Int?
        var lastSent = ContinuousClock.now
        try await send("retry: 2000\n\n", to: connection)
        while true {
            let version = source.version
            if version != last {
                let text = try await onOwnThread("page") { try source.text() }
                try await send(
                    "id: \(version)\nevent: \(source.name)\ndata: \(text)\n\n", to: connection)
                last = version
                lastSent = .now
            } else if ContinuousClock.now - lastSent >= limits.heartbeat {
                try await send(": alive\n\n", to: connection)
                lastSent = .now
            }
            try await Task.sleep(for: limits.eventPause)
        }
    }

    private func send(_ text: String, to connection: Connection) async throws {
        try await within(limits.eventTime) { try await connection.write(Array(text.utf8)) }
    }
}
