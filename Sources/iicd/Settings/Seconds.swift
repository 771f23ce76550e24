import ArgumentParser

/// A time that a user gives: `5`, `5s`, `1.5s`, `500ms`, `10m`, `2h` or `1d`.
struct Seconds: ExpressibleByArgument, Sendable, Equatable {
    let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    init?(argument: String) {
        let units = [("ms", 0.001), ("s", 1.0), ("m", 60), ("h", 3600), ("d", 86400)]
        let unit = units.first { argument.hasSuffix($0.0) }
        let digits = argument.dropLast(unit?.0.count ?? 0)
        guard let value = Double(digits), value >= 0, value * (unit?.1 ?? 1) < 1e9 else {
            return nil
        }
        seconds = value * (unit?.1 ?? 1)
    }

    var duration: Duration { .seconds(seconds) }

    var defaultValueDescription: String {
        seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
    }
}
