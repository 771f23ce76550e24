import Foundation
import IICInfer
import IICNaming
import IICWeb
import Logging

/// Naming on a page.
extension Name {
    func openPage(_ opened: NamingScenes, notes: [String]) async throws {
        let file = AnswerFile(answersPath, scenes: opened.answerScenes)
        var book = AnswerBook()
        if try file.exists, !overwrite {
            let saved = try file.read()
            guard !saved.isSimulated else { throw AnswerFileError.simulated(path: file.path) }
            book = saved.book
        }
        try PointFile.check(file.path, replacing: true)
        let token = try tokenFile.map { try AccessToken(file: $0) }
        let work = try ground(opened)
        let (scene, output) = (scenes[0], output)
        let session = try NamingSession(
            work, book: book, file: file, output: output, notes: notes
        ) { model in
            ["iicd segment \(scene.shown) -m \(model.shown) -o map.tif"]
        }
        let logger = Logger(label: "iicd") { _ in ConsoleLog(json: json) }
        let server = try LabellingServer(
            task: session, address: listen, token: token, logger: logger)
        let url = server.address.url
        if json {
            let told: JSONValue = ["event": "page", "url": .string(url)]
            print(told.text)
        } else {
            print(
                "Open \(url) and answer; Ctrl-C ends, and the answers stay in \(file.path.shown).")
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
        try session.close()
    }
}
