package import IICWeb
package import Logging
import ServiceLifecycle

/// The page, the API and the metrics of a daemon.
package struct StatusServer: Service {
    private let server: WebServer

    /// Listens, but answers nobody before ``run()``.
    ///
    /// - Throws: a sentence where the address cannot be had, or needs a token.
    package init(
        address: ListenAddress, token: AccessToken?, board: any JobBoard, logger: Logger,
        limits: WebLimits = WebLimits()
    ) throws {
        server = try WebServer(
            address: address, token: token, api: StatusAPI(board: board), routes: Route.all,
            logger: logger, limits: limits)
    }

    /// With the port that was bound.
    package var address: ListenAddress { server.address }

    package func run() async throws { try await server.run() }
}

extension WebHandler where Route == IICDaemon.Route {
    init(guarding: WebGuard, api: StatusAPI) {
        self.init(guarding: guarding, api: api, routes: IICDaemon.Route.all)
    }
}
