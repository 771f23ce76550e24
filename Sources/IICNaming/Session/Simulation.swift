/// Answers given by a raster of truth, for measuring only: as a person would give them, one proposal
/// after another.
package struct Simulation {
    /// The name of a pixel's class; nil where it is not known.
    package typealias Truth = (ScenePixel) throws -> String?

    /// - Parameter clicks: proposals that are answered; one whose truth is unknown is “not sure”, and
    ///   counts.
    package static func answer(
        _ clicks: Int, work: NamingWork, truth: Truth, progress: (Int) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> AnswerBook {
        var book = AnswerBook()
        var fit: AnswerFit?
        for click in 0..<clicks {
            if isCancelled() { break }
            // Coarse units come in an order of their own.
            if click >= work.ground.coarse.count {
                fit = try work.fit(book, start: fit?.weights)
            }
            guard let pixel = try work.next(1, after: book, fit: fit).first else { break }
            if let name = try truth(pixel) {
                book.answer(pixel, .named(book.id(of: name)))
            } else {
                book.answer(pixel, .notSure)
            }
            progress(click + 1)
        }
        return book
    }
}
