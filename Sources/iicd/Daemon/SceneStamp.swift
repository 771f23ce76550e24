package import IICInfer

/// What tells one version of a scene from another, as far as its folder's listing shows.
package struct SceneStamp: Hashable, Sendable {
    package var main: FileStamp
    /// Masks, world files and the like that lie beside it.
    package var sidecars: [FileName: FileStamp]

    package init(main: FileStamp, sidecars: [FileName: FileStamp] = [:]) {
        self.main = main
        self.sidecars = sidecars
    }
}
