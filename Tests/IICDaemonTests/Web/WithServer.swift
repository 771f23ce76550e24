import IICWeb
import WebTestClient

@testable import IICDaemon

extension StatusServer {
    /// What the server answers to a request with these further header lines.
    func ask(_ request: String, _ lines: String...) async throws -> RawReply {
        try await RawClient.ask("\(address)", request, lines)
    }
}

/// Runs `body` with a server on any free port, and shuts it down as the daemon does.
func withServer(
    _ board: any JobBoard = ExampleBoard(full: true), token: AccessToken? = nil,
    limits: WebLimits = WebLimits(), _ body: (StatusServer) async throws -> Void
) async throws {
    let server = try StatusServer(
        address: ListenAddress(parsing: "127.0.0.1:0"), token: token, board: board,
        logger: quietLogger, limits: limits)
    try await serving(server) { try await body(server) }
}
