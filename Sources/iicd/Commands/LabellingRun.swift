import Foundation
import IICInfer
import IICNaming
import IICWeb
import Logging

/// A labelling page, from its address to Ctrl-C.
enum LabellingRun {
    /// - Parameters:
    ///   - listen: any free port of this machine alone, if nil.
    ///   - saved: the file of the answers.
    static func serve(
        _ task: any LabellingTask, listen: ListenAddress?, token: AccessToken?, saved: String,
        json: Bool
    ) async throws {
        let logger = Logger(label: "iicd") { _ in ConsoleLog(json: json) }
        let server = try LabellingServer(
            task: task, address: listen, token: token, logger: logger)
        let url = server.address.url
        if json {
            let told: JSONValue = ["event": "page", "url": .string(url)]
            print(told.text)
        } else {
            print("Open \(url) and answer; Ctrl-C ends, and the answers stay in \(saved.shown).")
        }
        fflush(nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                while !Interruption.requested { try await Task.sleep(for: .milliseconds(100)) }
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
