import ArgumentParser

/// An amount of memory that a user gives: `1GiB`, `512MiB`, `1.5GiB`, `4GB` or plain bytes.
package struct ByteCount: ExpressibleByArgument, Sendable, Equatable {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    package init?(argument: String) {
        let units: [(name: String, bytes: Double)] = [
            ("kib", 0x1p10), ("mib", 0x1p20), ("gib", 0x1p30), ("tib", 0x1p40),
            ("pib", 0x1p50), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("pb", 1e15),
            ("b", 1),
        ]
        let text = argument.lowercased()
        let unit = units.first { text.hasSuffix($0.name) }
        let digits = text.dropLast(unit?.name.count ?? 0)
        // Only digits and a point: `Double` would also take "inf", "1e9" and "0x10".
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(digits)
        else { return nil }
        let bytes = value * (unit?.bytes ?? 1)
        guard bytes >= 1, bytes < 0x1p60 else { return nil }
        self.bytes = Int(bytes)
    }

    package var defaultValueDescription: String {
        bytes.isMultiple(of: 1 << 30) ? "\(bytes >> 30)GiB" : "\(bytes)"
    }
}
