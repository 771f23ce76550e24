import Foundation
import IICDaemon
import IICInfer
import Synchronization

/// Ctrl-C, SIGTERM, SIGUSR1 and a closed terminal as a flag that long loops look at between two pieces
/// of work. By SIGUSR1 batch systems tell that a job's time is nearly over, and mpirun hands it on.
///
/// A later Ctrl-C ends the program at once, for the case that it hangs; not within three seconds,
/// because whoever presses it twice wants no temporaries left behind either.
enum Interruption {
    /// When the first one came, in seconds since 1970; 0 before.
    private static let first = Atomic<Int>(0)

    /// Whether the first one was SIGUSR1: the signal that it announces is no second one.
    private static let isAnnounced = Atomic<Bool>(false)

    /// Whether the user, or the system, wants us to stop.
    static var requested: Bool { first.load(ordering: .relaxed) > 0 }

    /// Throws ``Interrupted`` once a stop is wanted.
    static func check() throws(Interrupted) {
        if requested { throw Interrupted() }
    }

    /// Wants a stop, as the first signal does.
    static func request() {
        _ = first.compareExchange(expected: 0, desired: time(nil), ordering: .relaxed)
    }

    /// From here on signals set the flag instead of ending the program.
    static func install() {
        // A handler may only do what POSIX calls async-signal-safe. time() and atomics are, but the
        // first use of a Swift global may take a lock: so that use is here.
        _ = (requested, isAnnounced.load(ordering: .relaxed))
        _ = signal(SIGUSR1) { _ in
            if Interruption.first.load(ordering: .relaxed) == 0 {
                Interruption.isAnnounced.store(true, ordering: .relaxed)
            }
            Interruption.request()
        }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // nohup has it ignored, and so it stays.
            if number == SIGHUP && isIgnored(signal: number) { continue }
            _ = signal(number) { _ in
                let now = time(nil)
                if Interruption.isAnnounced.exchange(false, ordering: .relaxed) {
                    Interruption.first.store(now, ordering: .relaxed)
                }
                let (isFirst, first) = Interruption.first.compareExchange(
                    expected: 0, desired: now, ordering: .relaxed)
                if !isFirst && now - first > 3 { _exit(130) }
            }
        }
    }
}
