import Glibc

/// A folder in which finished rows of large scenes are kept while these are mapped, so that another
/// process goes on from there when this one is killed.
///
/// A scene has one file, named after all that its rows depend on; it goes when the scene is mapped.
public struct PartialRows: Sendable {
    private static let ending = ".rows"

    public let folder: String
    /// Rows of scenes that take less time are not kept.
    public let delay: Duration

    public init(folder: String, delay: Duration = .seconds(10)) {
        self.folder = folder
        self.delay = delay
    }

    func path(of key: String) -> String { "\(folder)/\(key)\(Self.ending)" }

    /// Removes the rows that no process is working on.
    ///
    /// - Parameters:
    ///   - keys: of rows that stay (``SegmentJob/partialKey(scene:outputs:)``).
    ///   - age: rows stay, too, to which some were added in this time.
    /// - Returns: the names of what was removed.
    @discardableResult
    public static func removeAll(
        in folder: String, but keys: Set<String> = [], unusedFor age: Duration = .zero
    ) -> [String] {
        let names = (try? FolderListing.names(in: folder)) ?? []
        return names.map(\.text).filter { name in
            guard let key = key(of: name), !keys.contains(key) else { return false }
            return remove("\(folder)/\(name)", unusedFor: age)
        }
    }

    /// The key in a file's name; nil for all other files.
    private static func key(of name: String) -> String? {
        guard name.hasSuffix(ending) else { return nil }
        let key = name.dropLast(ending.count)
        let isHash = key.utf8.count == 64 && key.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isHash ? String(key) : nil
    }

    private static func remove(_ path: String, unusedFor age: Duration) -> Bool {
        let descriptor = PathCalls.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &status) == 0,
            age <= .zero || .seconds(time(nil) - status.st_mtim.tv_sec) >= age
        else { return false }
        return PathCalls.unlink(path) == 0
    }
}
