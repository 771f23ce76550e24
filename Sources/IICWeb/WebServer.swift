import FlyingSocks
import IICInfer
package import Logging
import ServiceLifecycle
import Synchronization

/// A page and its API, for browsers and programs.
///
/// Sockets and their waiting are FlyingFox's. Its HTTP server is not used: it bounds neither the size
/// of a request nor the time that one takes, ends when it runs out of descriptors, and reads what
/// follows a request's body as the next request, so that a page elsewhere could hide one there.
package final class WebServer: Service {
    /// With the port that was bound.
    package let address: ListenAddress
    private let socket: Socket
    private let answer: @Sendable (WebRequest) async throws -> WebReply
    private let limits: WebLimits
    private let logger: Logger
    private let streams = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    /// Listens, but answers nobody before ``run()``.
    ///
    /// - Throws: a sentence where the address cannot be had, or needs a token.
    package init<Route: WebRoute>(
        address: ListenAddress, token: AccessToken?, api: Route.API, routes: [Route],
        logger: Logger, limits: WebLimits = WebLimits()
    ) throws {
        guard address.isLoopback || token != nil else {
            throw UsageError(
                description: "Others than this machine could reach \(address): give --token-file "
                    + "with a file that holds a secret, or listen on 127.0.0.1:\(address.port).")
        }
        let (socket, port) = try Socket.listening(on: address)
        self.socket = socket
        self.limits = limits
        self.logger = logger
        var bound = address
        bound.port = port
        self.address = bound
        let handler = WebHandler(
            guarding: WebGuard(address: bound, token: token), api: api, routes: routes)
        answer = { try await handler.reply(to: $0) }
    }

    deinit { close() }

    private func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { try? socket.close() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.serve()
                } catch  where !Task.isCancelled {
                    // The page is no reason to end the work.
                    self.logger.error("The page has failed: \(error) It starts again.")
                    try? await Task.sleep(for: .seconds(1))
                } catch {}
            }
        }
        close()
    }

    private func serve() async throws {
        let pool = SocketPool<ePoll>.ePoll(maxEvents: 64)
        try await pool.prepare()
        let listener = try AsyncSocket(socket: socket, pool: pool)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask { try await self.accept(from: listener, pool: pool) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func accept(from listener: AsyncSocket, pool: SocketPool<ePoll>) async throws {
        let open = OpenConnections()
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                let accepted: AsyncSocket
                do {
                    accepted = try await listener.accept()
                } catch SocketError.failed {
                    // No descriptor or memory is left, or the client has gone already.
                    open.endSlowest(after: limits.grace)
                    try await Task.sleep(for: .milliseconds(100))
                    continue
                }
                let connection = Connection(accepted, pool: pool)
                let hasPlace = await open.makePlace(
                    among: limits.connections, grace: limits.grace)
                let id = open.insert(connection)
                group.addTask {
                    await self.serve(connection, hasPlace: hasPlace) { open.hasRead(id) }
                    open.remove(id)
                    await connection.close()
                }
            }
        }
    }

    private func serve(
        _ connection: Connection, hasPlace: Bool, hasRead: @escaping @Sendable () -> Void
    ) async {
        let limits = limits
        var refusal: WebReply?
        do {
            guard hasPlace else {
                throw WebRefusal(
                    status: 503, sentence: "Too many connections are open: try again soon.",
                    headers: [("Retry-After", "1")])
            }
            let request = try await within(limits.requestTime) {
                try await connection.request(limits)
            }
            hasRead()
            let reply = try await answer(request)
            if case .events(let source) = reply.body {
                try await stream(
                    source, to: connection, hasBody: request.method != "HEAD", head: reply)
            } else {
                try await write(reply, hasBody: request.method != "HEAD", to: connection)
            }
        } catch let error as WebRefusal {
            refusal = error.reply
        } catch is DeadlinePassed {
            refusal =
                WebRefusal(
                    status: 408,
                    sentence: "The request was not there within \(limits.requestTime)."
                ).reply
        } catch {}
        hasRead()
        guard let refusal else { return }
        try? await write(refusal, hasBody: true, to: connection)
        await connection.finish()
    }

    private func write(_ reply: WebReply, hasBody: Bool, to connection: Connection) async throws {
        var bytes = reply.head
        if hasBody, case .bytes(let body) = reply.body { bytes += body }
        let message = bytes
        try await within(limits.replyTime) { try await connection.write(message) }
    }

    /// Sends the state whenever it has changed, until the client or the server goes.
    private func stream(
        _ source: any WebEventSource, to connection: Connection, hasBody: Bool, head reply: WebReply
    ) async throws {
        defer { streams.subtract(1, ordering: .relaxed) }
        guard streams.add(1, ordering: .relaxed).newValue <= limits.streams else {
            throw WebRefusal(
                status: 503,
                sentence: "Too many pages are open: close one, or ask for \(source.path).",
                headers: [("Retry-After", "10")])
        }
        try await write(reply, hasBody: false, to: connection)
        guard hasBody else { return }
        let events = EventStream(source: source, limits: limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await connection.untilClosed(atMost: 64 << 10) }
            group.addTask { try await events.run(to: connection) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
