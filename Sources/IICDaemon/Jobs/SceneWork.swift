/// What the daemon does with one scene: the seam between watching and segmenting.
///
/// All of it runs on the daemon's own threads, never at the same time for two scenes.
package struct SceneWork: Sendable {
    /// Throws, for a file that is not whole, why; may be called for a file that still changes.
    package var check: @Sendable (_ scene: String) throws -> Void
    /// Whether `map`, and all that goes with it, is that of this very scene, model and settings.
    /// Throws soon after `shouldStop` has become true.
    package var isMapped:
        @Sendable (_ scene: String, _ map: String, _ shouldStop: @escaping @Sendable () -> Bool)
            throws -> Bool
    /// Writes the map and what goes with it. Throws soon after `shouldStop` has become true, leaving
    /// nothing behind.
    package var segment:
        @Sendable (_ scene: String, _ map: String, _ shouldStop: @escaping @Sendable () -> Bool)
            throws -> Void

    package init(
        check: @escaping @Sendable (_ scene: String) throws -> Void,
        isMapped:
            @escaping @Sendable (
                _ scene: String, _ map: String, _ shouldStop: @escaping @Sendable () -> Bool
            ) throws -> Bool,
        segment:
            @escaping @Sendable (
                _ scene: String, _ map: String, _ shouldStop: @escaping @Sendable () -> Bool
            ) throws -> Void
    ) {
        self.check = check
        self.isMapped = isMapped
        self.segment = segment
    }
}
