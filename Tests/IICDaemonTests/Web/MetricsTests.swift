import Testing

@testable import IICDaemon

struct MetricsTests {
    private struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private struct BadFormat: Error { let line: String }

    /// Reads the text format, and refuses what Prometheus or promtool would.
    private func parsed(_ text: String) throws -> (types: [String: String], samples: [Sample]) {
        var types: [String: String] = [:]
        var samples: [Sample] = []
        var helped: Set<String> = []
        var finished: Set<String> = []
        var family = ""
        let name = /[a-z][a-z0-9_]*/
        guard text.hasSuffix("\n") else { throw BadFormat(line: "no end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if let match = line.wholeMatch(of: /# HELP (\S+) (\S.*)/) {
                guard match.1.wholeMatch(of: name) != nil, helped.insert(String(match.1)).inserted
                else { throw BadFormat(line: String(line)) }
                finished.insert(family)
                family = String(match.1)
            } else if let match = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/) {
                guard match.1 == family, types.updateValue(String(match.2), forKey: family) == nil
                else { throw BadFormat(line: String(line)) }
                guard (match.2 == "counter") == family.hasSuffix("_total") else {
                    throw BadFormat(line: "counters end in _total: \(line)")
                }
            } else if let match = line.wholeMatch(of: /([^{ ]+)(?:\{(.*)\})? (\S+)/) {
                var own = String(match.1)
                if types[family] == "histogram" {
                    for ending in ["_bucket", "_sum", "_count"] where own == family + ending {
                        own = family
                    }
                }
                guard own == family, !finished.contains(own), let value = Double(match.3) else {
                    throw BadFormat(line: String(line))
                }
                var labels: [String: String] = [:]
                var rest = match.2 ?? ""
                while !rest.isEmpty {
                    guard
                        let label = rest.prefixMatch(
                            of: /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/),
                        labels.updateValue(String(label.2), forKey: String(label.1)) == nil
                    else { throw BadFormat(line: String(line)) }
                    rest = rest[label.range.upperBound...]
                }
                samples.append(Sample(name: String(match.1), labels: labels, value: value))
            } else {
                throw BadFormat(line: String(line))
            }
        }
        return (types, samples)
    }

    @Test func theFormatIsPrometheus() throws {
        let board = ExampleBoard(full: true)
        let (types, samples) = try parsed(Metrics(board).text)
        func value(_ name: String, _ label: String? = nil, _ text: String = "") -> Double? {
            samples.first { sample in
                sample.name == name && (label == nil || sample.labels[label ?? ""] == text)
            }?.value
        }
        #expect(types["iicd_jobs"] == "gauge" && types["iicd_tile_seconds"] == "histogram")
        for state in JobState.allCases {
            #expect(
                try value("iicd_jobs", "state", state.rawValue)
                    == Double(board.counts()[state] ?? 0))
        }
        #expect(value("iicd_scenes_done_total") == 24 && value("iicd_scenes_failed_total") == 4)
        #expect(value("iicd_worker_crashes_total") == 3 && value("iicd_retries_total") == 5)
        #expect(value("iicd_pixels_mapped_total") == 1_234_567_890)
        #expect((value("iicd_resident_memory_bytes") ?? 0) > 1_000_000)
        #expect(value("iicd_build_info", "version", "0.1.0") == 1)
        #expect((value("iicd_start_time_seconds") ?? 0) > 1_700_000_000)
        #expect(value("iicd_ready") == 1)
        board.obstacle = "No."
        #expect(try Metrics(board).text.contains("\niicd_ready 0\n"))
    }

    @Test func theHistogramIsWhole() throws {
        let samples = try parsed(Metrics(ExampleBoard(full: true)).text).samples
        let buckets = samples.filter { $0.name == "iicd_tile_seconds_bucket" }
        #expect(buckets.compactMap { $0.labels["le"] }.suffix(4) == ["1", "2", "5", "+Inf"])
        #expect(buckets.count == DaemonMetrics.bounds.count + 1)
        #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value })
        #expect(
            buckets.last?.value == samples.first { $0.name == "iicd_tile_seconds_count" }?.value)
        #expect(samples.contains { $0.name == "iicd_tile_seconds_sum" && $0.value == 0.96 })
    }

    @Test func labelsAreEscaped() {
        #expect(Metrics.escaped("a\"b\\c\nd\u{1}") == #"a\"b\\c\nd\\x01"#)
    }

    @Test func theCheckerFindsFaults() {
        for text in [
            "iicd_x 1\n", "# HELP iicd_x X.\n# TYPE iicd_x counter\niicd_x 1\n",
            "# HELP iicd_x X.\n# TYPE iicd_x gauge\niicd_x{a=\"b\"c\"} 1\n",
            "# HELP iicd_x X.\n# TYPE iicd_x gauge\niicd_x one\n",
            "# HELP iicd_x X.\n# TYPE iicd_x gauge\niicd_y 1\n",
        ] {
            #expect(throws: BadFormat.self) { try parsed(text) }
        }
    }
}
