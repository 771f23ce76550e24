import Foundation
import IICDaemon

/// What ties a worker's life to its daemon's.
enum Lifeline {
    /// How long work may go on once the daemon has gone, in microseconds.
    private static let grace: UInt32 = 800_000

    /// From here on the end of standard input, which the daemon holds, ends this process: in order if
    /// that is quick, else as a kill would. What it leaves then, its next run clears up.
    ///
    /// - Parameter answer: what is done whenever a daemon asks, for a launched worker: silence then is
    ///   an end too, and a word has it end in order, in its own time (``LaunchOrder``).
    static func follow(answer: (@Sendable () -> Void)? = nil) {
        let patience = answer == nil ? -1 : Int32(LaunchOrder.patience / .milliseconds(1))
        let thread = Thread {
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                var source = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&source, 1, patience)
                if ready < 0 && errno == EINTR { continue }
                if ready == 0 { break }
                let count = unsafe read(0, &bytes, bytes.count)
                if count == 0 || count < 0 && errno != EINTR { break }
                guard let answer, count > 0 else { continue }
                if bytes[..<count].contains(where: { $0 != UInt8(ascii: "\n") }) {
                    Interruption.request()
                }
                answer()
            }
            Interruption.request()
            usleep(grace)
            _exit(130)
        }
        thread.name = "lifeline"
        thread.start()
    }
}
