package import IICInfer

/// What the daemon does with scenes: the seam between watching and segmenting.
package struct SceneWork: Sendable {
    /// Throws, for a file that is not whole, why; may be called for a file that still changes.
    package var check: @Sendable (_ scene: String) throws -> Void
    /// Bytes of all that is made of a scene, if it is where it goes; nil if a file is missing.
    package var placedBytes: @Sendable (_ scene: FileName) -> Int?
    /// Makes the map and what goes with it, or finds that they are there.
    package var segment:
        @Sendable (
            _ order: SceneOrder, _ events: @escaping @Sendable (WorkerEvent) -> Void
        ) async -> WorkerEnding
    /// Puts the files of an earlier job, of the same content, in the places of this scene's; nil if that
    /// cannot be.
    package var reuse:
        @Sendable (_ job: Job, _ scene: FileName, _ shouldStop: () -> Bool) throws -> JobResult?

    package init(
        check: @escaping @Sendable (_ scene: String) throws -> Void,
        placedBytes: @escaping @Sendable (_ scene: FileName) -> Int?,
        segment:
            @escaping @Sendable (
                _ order: SceneOrder, _ events: @escaping @Sendable (WorkerEvent) -> Void
            ) async -> WorkerEnding,
        reuse:
            @escaping @Sendable (
                _ job: Job, _ scene: FileName, _ shouldStop: () -> Bool
            ) throws -> JobResult? = { _, _, _ in nil }
    ) {
        self.check = check
        self.placedBytes = placedBytes
        self.segment = segment
        self.reuse = reuse
    }
}

/// One scene to be mapped.
package struct SceneOrder: Sendable {
    /// Below the watched folder.
    package var name: FileName
    /// Where it lies.
    package var path: String
    /// Of all its files.
    package var bytes: Int
    /// Asked often: whether the work is not wanted any more.
    package var shouldStop: @Sendable () -> Bool
    /// Told, once, of the process that does it.
    package var onStart: @Sendable (_ process: Int32) -> Void

    package init(
        name: FileName, path: String, bytes: Int, shouldStop: @escaping @Sendable () -> Bool,
        onStart: @escaping @Sendable (_ process: Int32) -> Void = { _ in }
    ) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.shouldStop = shouldStop
        self.onStart = onStart
    }
}
