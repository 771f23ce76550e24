import IICInfer

/// One address with one method: what answers it, and what the API's document says of it.
struct Route: Sendable {
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

    /// Nil unless `path` is of this route; then the job's number, or nil within if there is none.
    func match(_ path: String) -> Int?? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let own = self.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == own.count else { return nil }
        var id: Int?
        for (part, own) in zip(parts, own) {
            if own == "{id}" {
                guard let number = Int(part), number > 0, part.utf8.allSatisfy({ $0 >= 0x30 })
                else {
                    return nil
                }
                id = number
            } else if part != own {
                return nil
            }
        }
        return .some(id)
    }
}
