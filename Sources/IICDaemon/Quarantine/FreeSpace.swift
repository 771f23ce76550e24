import IICInfer
import Synchronization

/// Whether there is enough room on the file systems that the daemon writes to.
///
/// Work pauses where less than a minimum is free, and goes on when there is a twentieth more, so that
/// it does not begin and pause in turn at the limit.
package final class FreeSpace: Sendable {
    /// Bytes.
    private let minimum: Int
    private let folders: [String]
    private let freeBytes: @Sendable (_ folder: String) -> Int?
    /// Folders that were short at the last look.
    private let short = Mutex<Set<FileName>>([])

    /// - Parameters:
    ///   - minimum: bytes that must be free; 0 for no limit.
    ///   - folders: those of maps, other outputs and the daemon's state.
    ///   - freeBytes: bytes left on the file system of a folder; nil where it does not tell.
    package init(
        minimum: Int, folders: [String],
        freeBytes: @escaping @Sendable (_ folder: String) -> Int? = {
            AtomicFile.freeBytes(beside: "\($0)/any")
        }
    ) {
        self.minimum = minimum
        self.folders = folders
        self.freeBytes = freeBytes
    }

    /// What is to be said where there is too little room; nil where there is enough. Of a folder that
    /// cannot be examined nothing is said: writing there will tell why.
    package func shortage() -> String? {
        guard minimum > 0 else { return nil }
        let free = folders.map { (folder: $0, bytes: freeBytes($0)) }
        return short.withLock { short in
            var sentence: String?
            for (folder, bytes) in free {
                let name = FileName(folder)
                let wanted = short.contains(name) ? minimum + minimum / 20 : minimum
                guard let bytes, bytes < wanted else {
                    short.remove(name)
                    continue
                }
                short.insert(name)
                sentence = sentence ?? Self.sentence(folder, bytes, minimum)
            }
            return sentence
        }
    }

    private static func sentence(_ folder: String, _ bytes: Int, _ minimum: Int) -> String {
        "The disk of “\(folder)” has \(text(bytes)) left, and --min-free asks for \(text(minimum)): "
            + "work goes on when there is room."
    }

    private static func text(_ bytes: Int) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
