import Foundation
import IICInfer

/// The limit of this process's addresses, beyond which no memory is to be had.
enum AddressSpace {
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
