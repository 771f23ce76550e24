import Foundation

/// What ties a worker's life to its daemon's.
enum Lifeline {
    /// How long work may go on once the daemon has gone, in microseconds.
    private static let grace: UInt32 = 800_000

    /// From here on the end of standard input, which the daemon holds, ends this process: in order if
    /// that is quick, else as a kill would. What it leaves then, its next run clears up.
    static func follow() {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = unsafe read(0, &byte, 1)
                if count == 0 || count < 0 && errno != EINTR { break }
            }
            Interruption.request()
            usleep(grace)
            _exit(130)
        }
        thread.name = "lifeline"
        thread.start()
    }
}
