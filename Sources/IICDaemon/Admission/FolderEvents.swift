import Glibc
import IICInfer
import Synchronization

/// Tells when something in some folders may have changed, as far as the kernel says.
///
/// Of what other machines write on a network file system it says nothing; what happens is not told
/// either, only that it is time to look.
final class FolderEvents: Sendable {
    private struct State: Sendable {
        var watches: [FileName: Int32] = [:]
        /// Whether all folders are watched, on disks of this machine.
        var isComplete = false
    }

    private let state = Mutex(State())
    private let hasEnded = Atomic(false)
    /// -1 where there is none to be had.
    private let descriptor: Int32
    /// A pipe that ends a wait.
    private let ends: (read: Int32, write: Int32)

    private static let mask: UInt32 = [
        IN_CLOSE_WRITE, IN_CREATE, IN_DELETE, IN_MOVED_FROM, IN_MOVED_TO, IN_ATTRIB, IN_DELETE_SELF,
        IN_MOVE_SELF, IN_ONLYDIR,
    ].reduce(0) { $0 | UInt32($1) }

    init() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        var pair: [Int32] = [-1, -1]
        if unsafe pipe(&pair) == 0 {
            for end in pair {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        ends = (pair[0], pair[1])
    }

    deinit {
        for end in [descriptor, ends.read, ends.write] where end >= 0 { close(end) }
    }

    /// Whether changes in all folders are told.
    var isComplete: Bool { state.withLock { $0.isComplete } }

    /// Watches these folders below `base`, and no others any more.
    ///
    /// - Returns: whether one was not watched before, so that what has happened in it since it was
    ///   listed is not known.
    func watch(_ folders: [FileName], in base: String) -> Bool {
        guard descriptor >= 0 else { return false }
        let mask = Self.mask
        let isLocal = ends.read >= 0 && !PathCalls.isOnNetwork(base)
        return state.withLock { state in
            var watches: [FileName: Int32] = [:]
            var isNew = false
            for folder in folders {
                let path = folder.bytes.isEmpty ? base : "\(base)/\(folder.text)"
                // The same folder keeps its number; another one of that name gets a new one.
                let watch = unsafe path.withCPath {
                    unsafe inotify_add_watch(descriptor, $0, mask)
                }
                guard watch >= 0 else { continue }
                watches[folder] = watch
                if state.watches[folder] != watch { isNew = true }
            }
            let kept = Set(watches.values)
            for watch in state.watches.values where !kept.contains(watch) {
                _ = inotify_rm_watch(descriptor, watch)
            }
            state.watches = watches
            state.isComplete = isLocal && watches.count == folders.count
            return isNew
        }
    }

    /// Waits until something happens, `time` is over, or ``end()`` is called.
    ///
    /// - Returns: whether something has happened.
    func wait(upTo time: Duration) -> Bool {
        var sources = [
            pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = (time / .milliseconds(1)).rounded(.up)
        let count = unsafe poll(&sources, nfds_t(sources.count), Int32(min(milliseconds, 1e9)))
        if count > 0, sources[0].revents != 0, !hasEnded.load(ordering: .relaxed) {
            var bytes = [UInt8](repeating: 0, count: 64)
            while unsafe read(ends.read, &bytes, bytes.count) > 0 {}
        }
        guard count > 0, sources[1].revents != 0 else { return false }
        // A queue that ran over is one more event: all is looked at again, whatever happened.
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
        return true
    }

    /// Ends a wait, now and ever after.
    func end() {
        hasEnded.store(true, ordering: .relaxed)
        nudge()
    }

    /// Ends the wait of now, or else the next one.
    func nudge() {
        var byte: UInt8 = 1
        _ = unsafe write(ends.write, &byte, 1)
    }
}
