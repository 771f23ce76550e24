package import IICWeb
package import Logging
import ServiceLifecycle

/// The page of a labelling task.
package struct LabellingServer: Service {
    private let server: WebServer

    /// Listens, but answers nobody before ``run()``.
    ///
    /// - Parameter address: any free port of this machine alone, if nil.
    /// - Throws: a sentence where the address cannot be had, or needs a token.
    package init(
        task: any LabellingTask, address: ListenAddress? = nil, token: AccessToken? = nil,
        logger: Logger
    ) throws {
        var limits = WebLimits()
        // A name, a colour and a few numbers.
        limits.body = 8 << 10
        // A large map may be written before it is answered; a picture is not small.
        limits.replyTime = .seconds(60)
        server = try WebServer(
            address: try address ?? ListenAddress(parsing: "127.0.0.1:0"), token: token,
            api: LabellingAPI(task: task), routes: LabellingRoute.all, logger: logger,
            limits: limits)
    }

    /// With the port that was bound; ``ListenAddress/url`` is what a browser is given.
    package var address: ListenAddress { server.address }

    package func run() async throws { try await server.run() }
}
