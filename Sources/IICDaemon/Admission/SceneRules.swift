import Glibc
package import IICInfer

/// What the daemon takes for a scene in its folder.
package struct SceneRules: Sendable {
    /// Whether folders inside are looked into; hidden ones never are.
    package var isRecursive = true
    /// Patterns (`*`, `?`, `[…]`) of names or of paths below the folder that are passed over.
    package var ignored: [String] = []
    /// Folders that are not looked into, wherever they lie: those that the daemon writes to.
    package var outputs: [String] = []
    /// Whether VRT files are scenes.
    package var trustsVRT = false

    package init() {}

    private static let unfinished = [".part", ".tmp", ".crdownload", ".filepart", "~"]

    /// Whether what lies at `path` below the folder, and is called `name`, is passed over.
    package func ignores(_ name: FileName, at path: FileName) -> Bool {
        name.isHidden || Self.unfinished.contains { name.hasEnding($0) }
            || ignored.contains { Self.matches(name, $0) || Self.matches(path, $0) }
    }

    private static func matches(_ name: FileName, _ pattern: String) -> Bool {
        unsafe pattern.withCPath { pattern in
            unsafe name.text.withCPath { unsafe fnmatch(pattern, $0, 0) } == 0
        }
    }
}
