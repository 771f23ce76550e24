import IICInfer

/// Finds the answer to a request.
struct WebHandler: Sendable {
    let guarding: WebGuard
    let api: StatusAPI

    func reply(to request: WebRequest) async throws -> WebReply {
        // The ledger may have to wait for its disk.
        try await onOwnThread("page") { try answer(request) }
    }

    private func answer(_ request: WebRequest) throws -> WebReply {
        try guarding.check(request)
        if let reply = guarding.login(request) { return reply }
        if !Route.withoutToken.contains(request.path) { try guarding.authorize(request) }
        let matches = Route.all.compactMap { route in
            route.match(request.path).map { (route: route, id: $0) }
        }
        guard !matches.isEmpty else { throw StatusAPI.unknown(request.path) }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let (route, id) = matches.first(where: { $0.route.method == method }) else {
            let allowed = matches.flatMap {
                $0.route.method == "GET" ? ["GET", "HEAD"] : [$0.route.method]
            }
            throw WebRefusal(
                status: 405,
                sentence: "This address answers \(allowed.joined(separator: " and ")) only.",
                headers: [("Allow", allowed.joined(separator: ", "))])
        }
        do {
            return try route.answer(api, request, id ?? 0)
        } catch let error as WebRefusal {
            throw error
        } catch {
            throw WebRefusal(
                status: 500, sentence: "The ledger cannot be read: \("\(error)".shown)")
        }
    }
}
