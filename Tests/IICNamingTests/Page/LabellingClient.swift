import IICInfer
import Testing
import WebTestClient

/// Asks a labelling server as its page does.
struct LabellingClient {
    let address: String

    func get(_ path: String, _ lines: String...) async throws -> RawReply {
        try await RawClient.ask(address, "GET \(path)", lines)
    }

    func state() async throws -> JSONValue {
        try JSONValue(parsing: Array(try await get("/api/state").body.utf8))
    }

    func send(
        _ path: String, _ body: String, _ lines: String..., type: String = "application/json"
    ) async throws -> RawReply {
        try await RawClient.ask(
            address, "POST \(path)",
            lines + ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"], body: body)
    }

    /// With the revision of the state as it is, unless one is given.
    func post(
        _ path: String, _ members: [String: JSONValue], revision: Int? = nil
    ) async throws -> RawReply {
        var members = members
        if let revision {
            members["revision"] = .integer(revision)
        } else {
            members["revision"] = try await state()["revision"] ?? .integer(1)
        }
        return try await send("/api/\(path)", JSONValue.object(members).text)
    }

    /// The state after a change that must be possible.
    func change(_ path: String, _ members: [String: JSONValue]) async throws -> JSONValue {
        let reply = try await post(path, members)
        try #require(reply.status == 200, "\(reply.body)")
        return try JSONValue(parsing: Array(reply.body.utf8))
    }
}
