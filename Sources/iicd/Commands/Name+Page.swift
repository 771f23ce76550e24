import IICInfer
import IICNaming
import IICWeb

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
        let token = try page.token
        let work = try ground(opened)
        let (scene, output) = (scenes[0], output)
        let session = try NamingSession(
            work, book: book, file: file, output: output, notes: notes
        ) { model in
            ["iicd segment \(scene.shown) -m \(model.shown) -o map.tif"]
        }
        try await LabellingRun.serve(
            session, listen: page.listen, token: token, saved: file.path, json: json)
        try session.close()
        // Whoever waits for the model must know that there is none.
        guard try session.state().result != nil else { throw Interrupted() }
    }
}
