import Glibc
import IICInfer

/// The right to be the one daemon that writes to a folder of maps, or the one worker at a scene
/// (``SceneLock``), for as long as this value lives.
///
/// It is a `flock` on a file of the state folder, which the system releases however the process ends.
/// Linux passes it on to an NFS server (since 2.6.12), so processes on two machines notice each other
/// too, unless the share was mounted with `local_lock`. Workers do not inherit it.
package final class LedgerLock: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Whether the file has its name still: one that was removed keeps nobody away.
    package var isInPlace: Bool {
        var own = stat()
        guard unsafe fstat(descriptor, &own) == 0 else { return false }
        return (try? FileStamp(path))?.file == FileStamp(own).file
    }

    /// - Parameter folder: the state folder, which must be there.
    /// - Returns: nil if another process has it.
    /// - Throws: ``LedgerError`` if it cannot be told.
    package static func tryAcquire(in folder: String) throws(LedgerError) -> LedgerLock? {
        try tryAcquire(at: path(in: folder))
    }

    /// The same of any file in a folder that must be there.
    package static func tryAcquire(at path: String) throws(LedgerError) -> LedgerLock? {
        // For writing: an NFS server gives the lock on no other terms.
        let descriptor = PathCalls.open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode: 0o644)
        guard descriptor >= 0 else { throw error(path, errno) }
        let lock = LedgerLock(descriptor: descriptor, path: path)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            if code == EWOULDBLOCK { return nil }
            throw error(path, code)
        }
        guard lock.isInPlace else { return nil }
        lock.write(ownWords)
        return lock
    }

    deinit { close(descriptor) }

    private static var ownWords: String { "\(getpid()) \(hostName)\n" }

    /// Whether another process is named in the file: a network drive may give a lock to another once it
    /// was not heard of the holder's machine for a while.
    package var isTakenOver: Bool {
        guard let words = try? InputFile(path).read(upTo: 512, at: 0) else { return false }
        return !words.isEmpty && words != Self.ownWords.pathBytes
    }

    /// Whether the right is this process's still.
    package var isHeld: Bool { isInPlace && !isTakenOver }

    /// Removes the file, whose next holder begins a new one; that of another who has the right now stays.
    package func remove() {
        if isHeld { PathCalls.unlink(path) }
    }

    /// Who has the lock, for a sentence, such as “process 4711 on host”.
    package static func holder(in folder: String) -> String {
        holder(at: path(in: folder))
    }

    /// The same of any lock's file.
    package static func holder(at path: String) -> String {
        let bytes = (try? InputFile(path).read(upTo: 512, at: 0)) ?? []
        // By bytes: in a path's text, a line's end is no white space.
        let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            .map { String(pathBytes: $0) }
        guard words.count == 2 else { return "another process" }
        return words[1] == hostName
            ? "process \(words[0])" : "process \(words[0]) on \(words[1])"
    }

    /// Why a daemon that does not wait ends when another has the lock.
    package static func refusal(in folder: String) -> LedgerError {
        LedgerError(
            path: path(in: folder), kind: .failing,
            reason: "\(holder(in: folder)) works on these maps; wait for its end, or name another "
                + "folder for the maps")
    }

    private static func path(in folder: String) -> String { "\(folder)/lock" }

    private static func error(_ path: String, _ code: Int32) -> LedgerError {
        LedgerError(
            path: path,
            kind: [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(code) ? .notWritable : .failing,
            reason: unsafe String(cString: strerror(code)))
    }

    /// This machine, as it calls itself.
    package static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "this-machine" }
        return String(pathBytes: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// Who holds it is for people to read: nothing depends on it.
    private func write(_ text: String) {
        let bytes = text.pathBytes
        ftruncate(descriptor, 0)
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        fsync(descriptor)
    }
}
