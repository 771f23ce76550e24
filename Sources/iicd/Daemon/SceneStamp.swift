package import IICInfer

/// What tells one version of a scene from another, as far as its folder's listing shows.
package struct SceneStamp: Hashable, Sendable {
    package var main: FileStamp
    /// Masks, world files and the like that lie beside it.
    package var sidecars: [FileName: FileStamp]
    /// The parts of a VRT, by their paths; nil for one that is not there.
    package var parts: [FileName: FileStamp?]

    package init(
        main: FileStamp, sidecars: [FileName: FileStamp] = [:], parts: [FileName: FileStamp?] = [:]
    ) {
        self.main = main
        self.sidecars = sidecars
        self.parts = parts
    }

    /// Of all that is there.
    var files: [FileStamp] { [main] + sidecars.values + parts.values.compactMap(\.self) }
}
