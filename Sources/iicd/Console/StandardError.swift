import Foundation
import IICInfer

/// Standard error, unbuffered: what is written is there before the next line runs.
enum StandardError {
    static var isTerminal: Bool {
        isatty(2) != 0 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Columns of the terminal; 80 if it does not tell.
    static var columns: Int {
        var size = winsize()
        guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a sentence that users should know and that stops nothing.
    static func warn(_ sentence: String) { write("iicd: note: \(sentence)\n") }

    /// Writes all of `text` as it may be shown; what a closed or full stream does not take is lost.
    static func write(_ text: String) { draw(text.shown) }

    /// The same for text that moves the cursor, of which only that is not shown.
    static func draw(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(2, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
