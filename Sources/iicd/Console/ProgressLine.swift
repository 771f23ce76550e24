package import IICInfer

/// What a progress display shows and when: pure, so that tests can tell it the time.
package struct ProgressLine: Sendable {
    package enum Style: Sendable, Equatable {
        /// One line that is drawn over and over, at most ten times a second.
        case bar
        /// A line every ten seconds, or every hundredth of the work if that comes later, and every
        /// minute in any case.
        case lines
        /// One JSON object a line, at most once a second.
        case json
    }

    let label: String
    let unit: String
    let total: Double
    let style: Style
    private let start: Duration
    private let startDone: Double
    private var lastTime: Duration?
    private var lastDone: Double

    /// - Parameters:
    ///   - label: what is going on, such as "train".
    ///   - unit: what is counted, in the plural.
    ///   - done: where a resumed piece of work begins; it does not count for the rate.
    ///   - time: the time now, on any clock.
    package init(
        label: String, unit: String, total: Double, done: Double = 0, style: Style,
        at time: Duration
    ) {
        self.label = label
        self.unit = unit
        self.total = total
        self.style = style
        start = time
        startDone = done
        lastDone = done
    }

    /// The text to show now; nil if it is too early for another.
    ///
    /// - Parameter members: what a JSON line has instead of the note.
    package mutating func update(
        done: Double, note: String, members: [String: JSONValue] = [:], columns: Int = 80,
        at time: Duration, last: Bool = false
    ) -> String? {
        guard last || isDue(done, at: time) else { return nil }
        lastTime = time
        lastDone = done
        switch style {
        case .bar: return bar(done, note, columns: columns, at: time)
        case .lines: return line(done, note, at: time)
        case .json: return json(done, note, members, at: time)
        }
    }

    private func isDue(_ done: Double, at time: Duration) -> Bool {
        let since = time - (lastTime ?? start)
        switch style {
        case .bar: return lastTime == nil || since >= .milliseconds(100)
        case .lines:
            return since >= .seconds(10) && done - lastDone >= total / 100
                || since >= .seconds(60)
        case .json: return lastTime == nil || since >= .seconds(1)
        }
    }

    private var hasTotal: Bool { total > 0 && total.isFinite }

    private func share(_ done: Double) -> Double { hasTotal ? min(max(done / total, 0), 1) : 0 }

    /// The rate as text; seconds a second mean nothing.
    private func pace(_ done: Double, at time: Duration) -> String? {
        unit == "seconds" ? nil : rate(done, at: time).map { "\(number($0)) \(unit)/s" }
    }

    /// Units a second since the start; nil until there is anything to go by.
    private func rate(_ done: Double, at time: Duration) -> Double? {
        let elapsed = (time - start) / .seconds(1)
        return elapsed > 0.2 && done > startDone ? (done - startDone) / elapsed : nil
    }

    private func secondsLeft(_ done: Double, at time: Duration) -> Double? {
        guard hasTotal, let rate = rate(done, at: time) else { return nil }
        return max(0, total - done) / rate
    }

    private func line(_ done: Double, _ note: String, at time: Duration) -> String {
        var parts = ["\(label): \(Int(share(done) * 100)) %"]
        parts.append("\(number(done)) of \(number(total)) \(unit)")
        if let pace = pace(done, at: time) { parts.append(pace) }
        if let left = secondsLeft(done, at: time) { parts.append("\(clock(left)) left") }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: ", ")
    }

    private func bar(
        _ done: Double, _ note: String, columns: Int, at time: Duration
    ) -> String {
        let percent = String(Int(share(done) * 100))
        let head = "\(label) \(String(repeating: " ", count: 3 - percent.count))\(percent) % "
        let left = secondsLeft(done, at: time).map { "\(clock($0)) left" }
        var tail = [pace(done, at: time), left].compactMap(\.self).joined(separator: ", ")
        if !tail.isEmpty { tail = " " + tail }
        if !note.isEmpty { tail += "  \(note)" }
        // The last column stays free: a terminal that is full begins a new line.
        let width = min(30, columns - 1 - head.count - tail.count - 2)
        guard width >= 5 else { return String((head + tail).prefix(max(0, columns - 1))) }
        let filled = Int(share(done) * Double(width))
        return head + "[" + String(repeating: "#", count: filled)
            + String(repeating: "·", count: width - filled) + "]" + tail
    }

    private func json(
        _ done: Double, _ note: String, _ others: [String: JSONValue], at time: Duration
    ) -> String {
        var members: [String: JSONValue] = [
            "event": "progress", "task": .string(label), "done": .number(done),
            "total": hasTotal ? .number(total) : .null, "unit": .string(unit),
        ]
        members.merge(others) { own, _ in own }
        if let rate = rate(done, at: time) { members["rate"] = .number(rate) }
        if let left = secondsLeft(done, at: time) { members["secondsLeft"] = .number(left) }
        if !note.isEmpty && others.isEmpty { members["note"] = .string(note) }
        return JSONValue.object(members).text
    }

    /// Three digits are enough for a person.
    private func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        if value == value.rounded() || abs(value) >= 100 { return String(Int(value.rounded())) }
        let digits = abs(value) >= 10 ? 10.0 : 100.0
        return String((value * digits).rounded() / digits)
    }

    /// 0:07, 12:34 or 3:25:00.
    private func clock(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "ages" }
        let whole = Int(seconds.rounded(.up))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return whole < 3600
            ? "\(whole / 60):\(two(whole % 60))"
            : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}
