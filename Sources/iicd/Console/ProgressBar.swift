import IICInfer
import Synchronization

/// Progress on standard error: a bar on a terminal, a line now and then elsewhere, or JSON.
///
/// Any thread may report; what is drawn last is what was reported last.
final class ProgressBar: Sendable {
    private let state: Mutex<ProgressLine?>
    private let start = ContinuousClock.now
    private let style: ProgressLine.Style
    private let label: String
    private let unit: String

    /// - Parameters:
    ///   - label: what is going on, such as "train".
    ///   - unit: what is counted, in the plural.
    ///   - json: whether `--json` was given.
    init(label: String, unit: String, json: Bool) {
        self.label = label.shown
        self.unit = unit
        style = json ? .json : StandardError.isTerminal ? .bar : .lines
        state = Mutex(nil)
    }

    /// Reports how much is done; the first call fixes where the rate counts from.
    ///
    /// - Parameters:
    ///   - note: what else a person is shown.
    ///   - members: what a JSON line has instead of the note.
    func update(
        done: Double, of total: Double, note: String = "", members: [String: JSONValue] = [:]
    ) {
        let time = ContinuousClock.now - start
        state.withLock { state in
            var line =
                state
                ?? ProgressLine(
                    label: label, unit: unit, total: total, done: done, style: style, at: time)
            let columns = style == .bar ? StandardError.columns : 80
            if let text = line.update(
                done: done, note: note, members: members, columns: columns, at: time,
                last: done >= total)
            {
                draw(text)
            }
            state = line
        }
    }

    /// Writes a line of its own, above the bar.
    func say(_ text: String) {
        state.withLock { _ in
            switch style {
            case .bar: StandardError.draw("\r\u{1B}[K\(text.shown)\n")
            case .lines: StandardError.write(text + "\n")
            case .json:
                let line: JSONValue = ["event": "message", "text": .string(text)]
                StandardError.write(line.text + "\n")
            }
        }
    }

    /// Clears the bar, so that the next line begins where it stood.
    func finish() {
        state.withLock { state in
            if style == .bar && state != nil { StandardError.draw("\r\u{1B}[K") }
            state = nil
        }
    }

    private func draw(_ text: String) {
        switch style {
        case .bar: StandardError.draw("\r\(text.shown)\u{1B}[K")
        case .lines, .json: StandardError.write(text + "\n")
        }
    }
}
