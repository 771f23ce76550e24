import Foundation
import IICInfer
import Logging
import ServiceLifecycle

/// Looks into the folder again and again, and finds out which scenes have arrived.
///
/// It polls: notifications of the kernel do not tell what another machine writes on a network file
/// system.
struct FolderWatcher: Service {
    let folder: String
    let interval: Duration
    /// Whether to return when there is nothing left to wait for.
    let once: Bool
    let queue: SceneQueue
    let work: SceneWork
    let logger: Logger

    func run() async throws {
        // `sleep` ends at once on shutdown, and the loop with it.
        await cancelWhenGracefulShutdown {
            var unreadable = false
            while !Task.isCancelled {
                do {
                    try await onOwnThread("scan") { try scan() }
                    if unreadable { logger.notice("“\(folder)” can be read again.") }
                    unreadable = false
                } catch {
                    // A network drive that has gone may come back; what was known stays known.
                    if !unreadable { logger.error("\(error) Waiting for it.") }
                    unreadable = true
                }
                if once && !unreadable && queue.read({ $0.isIdle }) { return }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    private func scan() throws {
        let listing = try FolderListing.scenes(in: folder)
        for name in queue.update({ state, time in state.scan(listing, at: time) }) {
            let failure = problem(folder + "/" + name)
            let damaged = queue.update { state, time in
                state.checked(name, whole: failure == nil, at: time)
            }
            if damaged, let failure {
                logger.error("\(failure) It is left alone until it changes.")
            }
        }
    }

    /// Why a file is not whole; nil if it is.
    private func problem(_ path: String) -> String? {
        do {
            try work.check(path)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// The scenes in a folder.
enum FolderListing {
    struct Failure: UserError {
        let description: String
        var exitStatus: ExitStatus { .noInput }
    }

    /// Regular files by name; folders inside are not looked into.
    static func scenes(in folder: String) throws -> [String: FolderState.Stamp] {
        guard let stream = unsafe opendir(folder) else {
            throw Failure(
                description:
                    "Cannot read the folder “\(folder)”: \(unsafe String(cString: strerror(errno)))."
            )
        }
        defer { unsafe closedir(stream) }
        var listing: [String: FolderState.Stamp] = [:]
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            var status = stat()
            guard SceneNames.isScene(name), unsafe stat(folder + "/" + name, &status) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { continue }
            listing[name] = FolderState.Stamp(
                size: Int(status.st_size),
                modified: Int(status.st_mtim.tv_sec) &* 1_000_000_000
                    &+ Int(status.st_mtim.tv_nsec))
        }
        guard errno == 0 else {
            throw Failure(
                description:
                    "Cannot read the folder “\(folder)”: \(unsafe String(cString: strerror(errno)))."
            )
        }
        return listing
    }
}
