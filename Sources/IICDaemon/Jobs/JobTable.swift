package import Foundation
import IICInfer

/// Jobs as lines of a table, for a terminal.
package struct JobTable {
    private static let head = ["job", "state", "scene", "MB", "time", ""]
    private static let isNumber = [true, false, false, true, false, false]

    private var rows: [[String]] = [head]

    package init() {}

    package mutating func add(_ job: Job, in zone: TimeZone = .current) {
        let time = job.state == .running ? job.begun : job.ended ?? job.begun
        rows.append([
            String(job.id), job.state.rawValue, job.scene.text.shown,
            (Double(job.bytes) / 1e6).formatted(
                .number.precision(.fractionLength(1)).grouping(.never).locale(Self.locale)),
            (time ?? job.seen).formatted(
                .verbatim(
                    """
                    \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
                    \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\
                    :\(minute: .twoDigits)
                    """, locale: Self.locale, timeZone: zone,
                    calendar: Calendar(identifier: .gregorian))),
            job.remark,
        ])
    }

    /// One line for each job, below a line of headings.
    package var text: String {
        let widths = Self.head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - text.count)
                line += (column > 0 ? "  " : "") + (Self.isNumber[column] ? gap + text : text + gap)
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    private static let locale = Locale(identifier: "en_US_POSIX")
}

extension Job {
    /// Why it has no map, or what the map shows most of; on one line.
    fileprivate var remark: String {
        if state == .done, let result {
            let pixels = result.classes.reduce(0) { $0 + $1.pixels }
            let largest = result.classes.filter { $0.pixels > 0 }
                .sorted { $0.pixels > $1.pixels }.prefix(3)
            return largest.map { share in
                let percent = (100 * Double(share.pixels) / Double(pixels)).rounded()
                return "\(share.name.shown) \(Int(percent)) %"
            }.joined(separator: ", ").replacing("\n", with: " ")
        }
        return failure?.sentence.shown.replacing("\n", with: " ") ?? ""
    }
}
