/// What becomes of a scene when the daemon is through with it (`--after`).
package enum AfterScene: String, Sendable, CaseIterable {
    case keep
    /// To `.done` or `.failed` in the watched folder.
    case move
    /// Removed once its map was read again and is right; scenes without a map are kept.
    case delete
}
