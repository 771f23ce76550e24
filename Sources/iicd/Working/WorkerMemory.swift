import Foundation
import IICInfer

/// What keeps a worker that runs away from taking others with it.
enum WorkerMemory {
    /// Has the kernel end this process before its daemon, where memory runs out.
    static func yield() {
        let file = PathCalls.open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let points = Array("500".utf8)
        _ = unsafe points.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    /// Limits this process's addresses, beyond which no memory is to be had.
    static func limit(bytes: Int) throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        limit.rlim_cur = min(rlim_t(bytes), limit.rlim_max)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw UsageError(
                description: "This process cannot be limited to \(bytes) bytes of addresses: "
                    + "\(reason).")
        }
    }
}
