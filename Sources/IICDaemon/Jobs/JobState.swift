/// Where a scene stands, for the ledger, the page and `iicd jobs`.
package enum JobState: String, Sendable, CaseIterable {
    /// It still changes, or is not whole yet.
    case arriving
    /// Something that may pass keeps it: it may not be read, a part is missing, the disk is full.
    case waiting
    /// Its turn comes.
    case queued
    /// A worker is at it.
    case running
    /// Its map and all that goes with it are in place.
    case done
    /// It has no map and gets none until it changes or somebody asks for another attempt.
    case failed
    /// Somebody has taken it out of the queue.
    case cancelled
}
