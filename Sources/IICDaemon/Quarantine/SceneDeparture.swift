import Glibc
package import IICInfer

/// Moves scenes away, or deletes them, when the daemon is through with them.
///
/// A scene is several files, and the main one goes first: without it the others are no scene, whereas
/// a scene that has lost its mask would be mapped again, and wrongly. What goes where is written down
/// before the first file goes, so that a killed daemon's successor brings it to its end
/// (``resume()``): a mask that stays behind would be taken for that of the next scene of its name.
package struct SceneDeparture: Sendable {
    package enum Outcome: Sendable, Equatable {
        case kept
        /// - Parameter to: where its main file lies now.
        case moved(to: String)
        case deleted
        /// Against what was asked for; why, as a sentence.
        case stays(String)
    }

    let folder: String
    let after: AfterScene
    private let rules: SceneRules
    private let journal: DepartureJournal

    /// - Parameters:
    ///   - folder: the watched folder.
    ///   - rules: those by which scenes are found in it.
    ///   - state: the folder of the daemon's state.
    package init(folder: String, after: AfterScene, rules: SceneRules, state: String) {
        self.folder = folder
        self.after = after
        self.rules = rules
        journal = DepartureJournal(folder: "\(state)/leaving")
    }

    /// Ends what a killed daemon has begun, or a full disk has stopped half-way; at the start, before
    /// anything else looks into the folder, and while no other call is under way.
    ///
    /// - Throws: ``AtomicFileError`` or ``FileError``.
    package func resume() throws {
        let pending = try journal.pending()
        guard !pending.isEmpty else { return }
        for place in [Self.done, Self.failed] {
            _ = AtomicFile.removeLeftovers(below: "\(folder)/\(place.text)")
        }
        for (name, steps) in pending {
            for step in steps { try step.run() }
            try journal.remove(name)
        }
    }

    /// Does what is asked for with a scene that has its map.
    ///
    /// - Parameters:
    ///   - identity: ``SceneStamp/digest`` of the version that was mapped; another one stays.
    ///   - result: its files are read again before the scene is deleted.
    /// - Throws: ``AtomicFileError``, ``FileError`` or ``Interrupted``. Then it is still there and may be
    ///   asked about again, or its main file has gone, and ``resume()`` does the rest.
    package func done(
        _ scene: FileName, identity: String, result: JobResult,
        isCancelled: () -> Bool = { false }
    ) throws -> Outcome {
        switch after {
        case .keep: return .kept
        case .move: return try move(scene, identity, to: Self.done)
        case .delete:
            if let reason = try difference(result, isCancelled) {
                return .stays("“\(path(scene))” is kept: \(reason).")
            }
            return try leave(scene, identity) { files in
                files.departing.map { .init(source: $0.path, target: nil, stamp: $0.stamp) }
            } ?? .deleted
        }
    }

    /// Does what is asked for with a scene that was given up; it is never deleted.
    package func failed(_ scene: FileName, identity: String) throws -> Outcome {
        after == .move ? try move(scene, identity, to: Self.failed) : .kept
    }

    private static let done: FileName = ".done"
    private static let failed: FileName = ".failed"

    private func path(_ name: FileName) -> String { "\(folder)/\(name.text)" }

    private func move(
        _ scene: FileName, _ identity: String, to place: FileName
    ) throws -> Outcome {
        var target = ""
        let outcome = try leave(scene, identity) { files in
            let folder = files.folder(in: "\(folder)/\(place.text)")
            try OutputFolder.make(folder)
            let names = files.freeNames(in: folder)
            target = names.first ?? ""
            return zip(files.all, names).map { file, name in
                .init(
                    source: file.path, target: name, stamp: file.stamp, isShared: file.isShared)
            }
        }
        return outcome ?? .moved(to: target)
    }

    /// - Parameter plan: what becomes of each file, the main one first.
    /// - Returns: why the scene stays; nil if it has gone.
    private func leave(
        _ scene: FileName, _ identity: String,
        by plan: (SceneFiles) throws -> [DepartureStep]
    ) throws -> Outcome? {
        guard !scene.hasEnding(".vrt") else {
            return .stays(
                "“\(path(scene))” stays where it is: the parts of a VRT may belong to others too.")
        }
        let files = try SceneFiles(of: scene, in: folder, rules: rules)
        guard let files, files.stamp.digest == identity else {
            return .stays("“\(path(scene))” has changed since it was mapped, and stays.")
        }
        if let link = files.link {
            return .stays("“\(path(scene))” stays where it is: “\(link)” is a link.")
        }
        let steps = try plan(files)
        let entry = try journal.add(steps)
        do {
            try steps[0].run()
        } catch {
            // Nothing has happened. A later failure leaves the rest to `resume()`.
            try journal.remove(entry)
            throw error
        }
        for step in steps.dropFirst() { try step.run() }
        try journal.remove(entry)
        return nil
    }

    /// What is wrong with the files of a map, as the end of a sentence; nil if nothing is.
    private func difference(_ result: JobResult, _ isCancelled: () -> Bool) throws -> String? {
        guard !result.files.isEmpty else { return "it is not known which files were made of it" }
        for file in result.files {
            let path = file.path.text
            guard try FileStamp(path) != nil else { return "its “\(path)” is not there any more" }
            guard try SceneHash.sha256(file: path, isCancelled: isCancelled) == file.sha256 else {
                return "its “\(path)” is not what was written there"
            }
        }
        return nil
    }
}
