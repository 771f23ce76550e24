import Foundation
import IICInfer
import Synchronization

/// Ctrl-C and SIGTERM as a flag that long loops look at between two pieces of work.
///
/// A second Ctrl-C ends the program at once.
enum Interruption {
    private static let signals = Atomic<Int>(0)

    /// Whether the user, or the system, wants us to stop.
    static var requested: Bool { signals.load(ordering: .relaxed) > 0 }

    /// Throws ``Interrupted`` once a stop is wanted.
    static func check() throws(Interrupted) {
        if requested { throw Interrupted() }
    }

    /// From here on signals set the flag instead of ending the program.
    static func install() {
        // A handler may only do what POSIX calls async-signal-safe. An atomic addition is, but the
        // first use of a Swift global may take a lock: so that use is here.
        _ = requested
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { _ in
                if Interruption.signals.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
            }
        }
    }
}
