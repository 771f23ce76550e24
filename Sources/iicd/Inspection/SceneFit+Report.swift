import IICInfer

extension SceneFit {
    var lines: [(label: String, text: String)] {
        let names = bands.map(String.init).joined(separator: ",")
        let verdict = ("Would run", problem.map { "no: \($0)" } ?? "yes, with the bands \(names)")
        if bands.isEmpty { return [verdict] }
        return [verdict] + warnings.map { ("Beware", $0) } + [
            ("Engine", engineName),
            (
                "Time",
                "about \(Self.time(seconds)) on \(threads) thread\(threads == 1 ? "" : "s"), from tiles timed just now"
            ),
            ("Memory", "at least \(Report.bytes(memoryBytes)) (--memory)"),
            ("Disk", "at most \(Report.bytes(diskBytes)) while the map is written"),
        ]
    }

    var json: JSONValue {
        let reason = problem.map(JSONValue.string) ?? .null
        if bands.isEmpty { return ["runs": false, "reason": reason] }
        return [
            "runs": .bool(problem == nil), "reason": reason,
            "bands": .array(bands.map(JSONValue.integer)),
            "warnings": .array(warnings.map(JSONValue.string)),
            "estimatedSeconds": .number(seconds), "engine": .string(engineName),
            "leastMemoryBytes": .integer(memoryBytes),
            "diskBytes": .integer(diskBytes),
        ]
    }

    private var warnings: [String] {
        guard let (scene, trained) = pixelSizes else { return [] }
        return [
            "its pixels have \(Report.digits(scene)) m, those of the training "
                + "\(Report.digits(trained)) m"
        ]
    }

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(max(1, Int(seconds.rounded()))) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        default: "\(Report.digits((seconds / 360).rounded() / 10)) h"
        }
    }
}
