/// What a server's routes ask.
package protocol WebAPI: Sendable {
    /// How an error that is no ``WebRefusal`` is told.
    static func refusal(of error: any Error) -> WebRefusal
}

/// One address with one method, and what answers it.
package protocol WebRoute: Sendable {
    associatedtype API: WebAPI

    /// For whoever supervises the server: addresses that need no token.
    static var withoutToken: Set<String> { get }

    var method: String { get }
    /// With `{id}` where a number stands.
    var path: String { get }
    var answer: @Sendable (API, WebRequest, _ id: Int) throws -> WebReply { get }
}

extension WebRoute {
    /// Nil unless `path` is of this route; then the number, or nil within if there is none.
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
