package import IICInfer

/// The right to be the one worker at a scene, wherever workers run: a worker whose daemon and launcher
/// are gone may live on for a while on another machine.
///
/// Its file lies in the state folder and goes with the scene's attempt.
package enum SceneLock {
    /// The file of a scene's lock.
    package static func path(of scene: FileName, in state: String) -> String {
        "\(folder(in: state))/\(SHA256.hex(scene.bytes)).lock"
    }

    package static func folder(in state: String) -> String { "\(state)/working" }

    /// Removes the files that workers left which were killed.
    static func removeUnused(in state: String) {
        let folder = folder(in: state)
        for name in (try? FolderListing.names(in: folder)) ?? [] where name.text.hasSuffix(".lock")
        {
            (try? LedgerLock.tryAcquire(at: "\(folder)/\(name.text)"))??.remove()
        }
    }
}
