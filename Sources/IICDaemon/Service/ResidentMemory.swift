import Glibc
import IICInfer

/// What a process takes of the machine's memory.
enum ResidentMemory {
    /// - Returns: nil if there is no such process, or the system does not tell.
    static func bytes(of process: Int32) -> Int? {
        guard let file = try? InputFile("/proc/\(process)/statm"),
            let text = try? file.read(upTo: 200, at: 0)
        else { return nil }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
