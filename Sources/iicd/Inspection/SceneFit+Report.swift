import IICInfer

extension SceneFit {
    var lines: [(label: String, text: String)] {
        let names = bands.map(String.init).joined(separator: ",")
        let verdict = ("Would run", problem.map { "no: \($0)" } ?? "yes, with the bands \(names)")
        if bands.isEmpty { return [verdict] }
        let reasons = zip(bands, reasons).map { band, found in
            "\(band) as \(found.role.rawValue): \(found.reason)"
        }
        let values = values.map { band in
            "\(band.role.rawValue): limits \(band.limits.low) … \(band.limits.high), "
                + "the scene's 5 and 95 % \(band.low) … \(band.high), "
                + "\(Self.percent(band.below)) % below and \(Self.percent(band.above)) % above"
        }
        return [verdict] + warnings.map { ("Beware", $0) } + [
            ("Reads", reasons.joined(separator: "\n")),
            ("Values", values.isEmpty ? "no valid pixel found" : values.joined(separator: "\n")),
            (
                "Writes",
                "a map of \(map.width) × \(map.height) pixels, uint8, \(map.classes) classes, 255 for no data; its attribute table beside it (.aux.xml)"
            ),
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
            "reasons": .array(reasons.map { .string($0.reason) }),
            "values": .array(
                values.map { band in
                    [
                        "role": .string(band.role.rawValue),
                        "limits": [
                            .number(Double(band.limits.low)), .number(Double(band.limits.high)),
                        ],
                        "percentiles": [.number(Double(band.low)), .number(Double(band.high))],
                        "below": .number(band.below), "above": .number(band.above),
                    ]
                }),
            "map": [
                "size": [.integer(map.width), .integer(map.height)], "type": "uint8",
                "classes": .integer(map.classes), "nodata": 255,
            ],
            "estimatedSeconds": .number(seconds), "engine": .string(engineName),
            "leastMemoryBytes": .integer(memoryBytes),
            "diskBytes": .integer(diskBytes),
        ]
    }

    private var warnings: [String] {
        notes
            + [pixelSizes.map { "\($0); give --resample to read it at the latter" }]
            .compactMap(\.self)
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)" }

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(max(1, Int(seconds.rounded()))) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        default: "\(Report.digits((seconds / 360).rounded() / 10)) h"
        }
    }
}
