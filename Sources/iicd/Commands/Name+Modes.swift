import Foundation
import IICInfer
import IICNaming
import IICTrain

/// Naming without a browser.
extension Name {
    /// What must not be replaced, and what cannot be written, is said before the long part.
    func checkOutput() throws {
        if let file = try FileStamp(output)?.file {
            for input in [model] + scenes + simulate + [points].compactMap(\.self)
            where try FileStamp(input)?.file == file {
                throw OutputPathError.replacesInput(path: output)
            }
        }
        var seen: Set<FileStamp.File> = []
        for scene in scenes {
            guard let file = try FileStamp(scene)?.file else { continue }
            guard seen.insert(file).inserted else {
                throw UsageError(description: "“\(scene)” is given twice.")
            }
        }
        guard propose == nil else {
            try PointFile.check(output, replacing: overwrite)
            let page = Proposals.page(beside: output)
            if try !overwrite && FileStamp(page) != nil { throw VectorError.exists(path: page) }
            return
        }
        // What was named can be named again; a training cannot be had again so easily.
        guard try ModelOutput.check(output), !overwrite,
            try ModelBundle(reading: output).naming == nil
        else { return }
        throw UsageError(
            description: "“\(output)” is a model that iicd name has not made: give --overwrite to "
                + "replace it, or another name with -o.")
    }

    /// Where answers are saved.
    var answersPath: String {
        let ending = ".safetensors"
        return (output.hasSuffix(ending) ? String(output.dropLast(ending.count)) : output)
            + ".answers.gpkg"
    }

    func ground(_ opened: NamingScenes, units: Int = NamingGround.coarseUnits) throws -> NamingWork
    {
        let bar = ProgressBar(label: "name", unit: "steps", json: json)
        defer { bar.finish() }
        bar.update(done: 0, of: 1, note: "looking at the scenes")
        let ground = try NamingGround(
            opened, units: units, seed: seed, isCancelled: { Interruption.requested })
        return NamingWork(opened, ground: ground, seed: seed)
    }

    func assignClasses(of bundle: ModelBundle) throws {
        let named = try ClassAssignment.apply(
            assign.compactMap { ClassAssignment(parsing: $0) }, to: bundle)
        try write(named, answers: nil, agreement: nil)
    }

    func writeProposals(_ opened: NamingScenes) throws {
        let proposals = try Proposals(ground(opened, units: propose ?? 24))
        try proposals.write(to: output, replacing: overwrite)
        guard !json else {
            let told: JSONValue = [
                "event": "proposed", "points": .string(output),
                "page": .string(Proposals.page(beside: output)),
                "count": .integer(proposals.count),
            ]
            return print(told.text)
        }
        print(
            """
            \(output.shown)  \(proposals.count) points, shown on \
            \(Proposals.page(beside: output).shown)
            Give each its class in the field “\(Proposals.field)”, then:
              iicd name \(([model] + scenes).map(\.shown).joined(separator: " ")) --points \
            \(output.shown) -o NAMED
            """)
    }

    func learn(from points: String, _ opened: NamingScenes) throws {
        // Before the long part: whether there is such a file and field.
        _ = try PointReader(path: points, field: field)
        let work = try ground(opened)
        if let book = try savedAnswers(points, opened) { return try finish(book, work) }
        let answers = try PointAnswers(
            reading: points, field: field, for: work, seed: seed,
            isCancelled: { Interruption.requested })
        for note in answers.notes { StandardError.warn(note) }
        try finish(answers.book, work)
    }

    /// Answers that a page has saved, with their colours; nil for other files.
    private func savedAnswers(_ path: String, _ opened: NamingScenes) throws -> AnswerBook? {
        guard field == Proposals.field else { return nil }
        do {
            return try AnswerFile(path, scenes: opened.answerScenes).read().book
        } catch AnswerFileError.notAnswers {
            return nil
        }
    }

    func answerByTruth(_ opened: NamingScenes) throws {
        let file = AnswerFile(answersPath, scenes: opened.answerScenes)
        try PointFile.check(file.path, replacing: overwrite)
        let truths = try zip(opened.readers, simulate).map {
            try SceneEvaluator(scene: $0, truth: $1)
        }
        for note in truths.flatMap(\.notes) { StandardError.warn(note) }
        let clicks = clicks ?? NamingGround.coarseUnits
        let work = try ground(opened, units: min(clicks, NamingGround.coarseUnits))
        let book = try Simulation.answer(clicks, work: work) { pixel in
            let truth = truths[pixel.scene]
            guard let value = try truth.truth(x: pixel.x, y: pixel.y) else { return nil }
            let known = value < truth.names.count && !truth.names[value].isEmpty
            return known ? truth.names[value] : "\(value)"
        } isCancelled: {
            Interruption.requested
        }
        try Interruption.check()
        try file.write(book, isSimulated: true, replacing: overwrite)
        StandardError.warn(
            "The answers are those of a raster of truth: a measurement, not what a person would say."
        )
        try finish(book, work)
    }

    private func finish(_ book: AnswerBook, _ work: NamingWork) throws {
        guard let fit = try work.fit(book) else { throw NamingError.tooFewClasses }
        try write(
            work.model(book, fit), answers: book.labels.count,
            agreement: fit.agreement(on: work.ground))
    }

    private func write(_ named: ModelBundle, answers: Int?, agreement: Double?) throws {
        try named.write(to: output)
        let names = named.legend.entries.map(\.name)
        guard !json else {
            let told: JSONValue = [
                "event": "named", "model": .string(output),
                "modelSHA256": .string(named.modelHash),
                "classes": .array(names.map(JSONValue.string)),
                "answers": answers.map(JSONValue.integer) ?? .null,
                "agreement": agreement.map(JSONValue.number) ?? .null,
            ]
            return print(told.text)
        }
        let list = names.map(\.shown).joined(separator: ", ")
        var line = "\(output.shown)  \(names.count) classes: \(list)"
        if let answers { line += "; \(answers) answers" }
        if let agreement {
            line += ", which agree in \(Int((agreement * 100).rounded())) % of cross-checks"
        }
        print(line)
    }
}
