import IICInfer

/// Finds the answer to a request.
package struct WebHandler<Route: WebRoute>: Sendable {
    private let guarding: WebGuard
    private let api: Route.API
    private let routes: [Route]

    package init(guarding: WebGuard, api: Route.API, routes: [Route]) {
        self.guarding = guarding
        self.api = api
        self.routes = routes
    }

    package func reply(to request: WebRequest) async throws -> WebReply {
        // What it asks may compute, or wait for a disk.
        try await onOwnThread("page") { try answer(request) }
    }

    private func answer(_ request: WebRequest) throws -> WebReply {
        try guarding.check(request)
        if let reply = guarding.login(request) { return reply }
        if !Route.withoutToken.contains(request.path) { try guarding.authorize(request) }
        let matches = routes.compactMap { route in
            route.match(request.path).map { (route: route, id: $0) }
        }
        guard !matches.isEmpty else {
            throw WebRefusal(
                status: 404, sentence: "There is nothing at “\(request.path.shown)”.")
        }
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
            throw Route.API.refusal(of: error)
        }
    }
}
