import Foundation
import Glibc
import IICInfer

/// The daemon's counters in Prometheus' text format, version 0.0.4.
struct Metrics {
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    init(_ board: any JobBoard) throws {
        let counts = try board.counts()
        let metrics = board.metrics()
        family("iicd_jobs", "gauge", "Scenes in each state.")
        for state in JobState.allCases {
            sample("iicd_jobs", [("state", state.rawValue)], Double(counts[state] ?? 0))
        }
        value(
            "iicd_scenes_done_total", "counter", "Scenes mapped since the daemon's start.",
            Double(metrics.done))
        value(
            "iicd_scenes_failed_total", "counter",
            "Scenes put in quarantine since the daemon's start.", Double(metrics.failed))
        value(
            "iicd_worker_crashes_total", "counter",
            "Workers that a signal or the memory killer ended.", Double(metrics.crashes))
        value("iicd_retries_total", "counter", "Further attempts.", Double(metrics.retries))
        value("iicd_pixels_mapped_total", "counter", "Pixels of maps.", Double(metrics.pixels))
        value(
            "iicd_read_bytes_total", "counter", "Bytes of scenes that were read.",
            Double(metrics.bytesRead))
        value(
            "iicd_ready", "gauge", "1 while scenes can be accepted.",
            board.obstacle == nil ? 1 : 0)
        value(
            "iicd_resident_memory_bytes", "gauge", "Resident memory of the daemon itself.",
            Double(Self.residentBytes))
        value(
            "iicd_workers_resident_memory_bytes", "gauge", "Resident memory of all workers.",
            Double(board.live().reduce(0) { $0 + $1.memory }))
        histogram(metrics)
        family("iicd_build_info", "gauge", "Always 1; what is running.")
        sample(
            "iicd_build_info",
            [
                ("version", board.description.version),
                ("model_sha256", board.description.modelHash),
            ], 1)
        value(
            "iicd_start_time_seconds", "gauge", "When the daemon started, since 1970.",
            board.description.started.timeIntervalSince1970)
    }

    private mutating func histogram(_ metrics: DaemonMetrics) {
        family(
            "iicd_tile_seconds", "histogram",
            "Seconds that a tile of 200 x 200 pixels took, once for each scene.")
        for (bound, count) in metrics.secondsPerTile {
            sample("iicd_tile_seconds_bucket", [("le", Self.number(bound))], Double(count))
        }
        sample("iicd_tile_seconds_bucket", [("le", "+Inf")], Double(metrics.done))
        sample("iicd_tile_seconds_sum", [], metrics.tileSeconds)
        sample("iicd_tile_seconds_count", [], Double(metrics.done))
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func value(_ name: String, _ type: String, _ help: String, _ value: Double) {
        family(name, type, help)
        sample(name, [], value)
    }

    private mutating func sample(
        _ name: String, _ labels: [(name: String, value: String)], _ value: Double
    ) {
        let inner = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += name + (labels.isEmpty ? "" : "{\(inner)}") + " \(Self.number(value))\n"
    }

    /// Whole numbers without a point: Prometheus tells buckets apart by their text.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { String($0) } ?? value.description
    }

    static func escaped(_ text: String) -> String {
        text.shown.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Of this process, in bytes; 0 where the kernel does not tell.
    private static var residentBytes: Int {
        guard let file = try? InputFile("/proc/self/statm"),
            let bytes = try? file.read(upTo: 256, at: 0)
        else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
