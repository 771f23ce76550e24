import IICInfer
import IICWeb

/// One address with one method: what answers it, and what the API's document says of it.
struct Route: WebRoute {
    struct Parameter: Sendable {
        let name: String
        let summary: String
        let schema: JSONValue
    }

    struct Answer: Sendable {
        let status: Int
        let summary: String
        let type: String
        let schema: JSONValue
    }

    let method: String
    /// With `{id}` where a job's number stands.
    let path: String
    let name: String
    let summary: String
    var parameters: [Parameter] = []
    /// Beyond the refusals that any request may meet.
    let answers: [Answer]
    let answer: @Sendable (StatusAPI, WebRequest, _ id: Int) throws -> WebReply

    /// For whoever supervises the daemon, and tells nobody of scenes.
    static let withoutToken: Set<String> = ["/healthz", "/readyz"]
}
