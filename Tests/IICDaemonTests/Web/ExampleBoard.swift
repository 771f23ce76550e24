import Foundation
import IICDaemon
import IICInfer
import Synchronization

/// A board with scenes made up, for tests and for looking at the page.
final class ExampleBoard: JobBoard {
    private struct State {
        var version = 1
        var obstacle: String?
        var description: DaemonDescription
        var jobs: [Int: Job] = [:]
        var live: [Int: LiveJob] = [:]
        var history: [DaemonSample] = []
        var failure: (any Error)?
    }

    private let state: Mutex<State>

    /// - Parameter scenes: whether there are any.
    init(full scenes: Bool, started: Date = .now.addingTimeInterval(-3 * 86400)) {
        let description = DaemonDescription(
            folder: "/data/incoming", maps: "/data/maps", model: "/data/models/coast.safetensors",
            modelHash: String(repeating: "3fa94c17", count: 8),
            classes: ExampleScenes.classes, workers: 2, version: "0.1.0", started: started)
        state = Mutex(State(description: description))
        guard scenes else { return }
        state.withLock { state in
            for job in ExampleScenes.jobs(now: .now) { state.jobs[job.id] = job }
            state.live = ExampleScenes.live(state.jobs.values.filter { $0.state == .running })
            state.history = ExampleScenes.history(now: .now)
        }
    }

    var description: DaemonDescription { state.withLock { $0.description } }
    var version: Int { state.withLock { $0.version } }

    var obstacle: String? {
        get { state.withLock { $0.obstacle } }
        set { change { $0.obstacle = newValue } }
    }

    /// The path of the model in use.
    var model: String {
        get { state.withLock { $0.description.model } }
        set { change { $0.description.model = newValue } }
    }

    /// What everything that reads the ledger throws.
    func fail(with error: (any Error)?) { state.withLock { $0.failure = error } }

    private func change<Value: Sendable>(_ body: (inout State) -> sending Value) -> Value {
        state.withLock { state in
            state.version += 1
            return body(&state)
        }
    }

    private func read<Value>(_ body: (State) -> sending Value) throws -> sending Value {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return state.withLock { body($0) }
    }

    func counts() throws -> [JobState: Int] {
        try read { Dictionary(grouping: $0.jobs.values, by: \.state).mapValues(\.count) }
    }

    func jobs(in wanted: JobState?, limit: Int, after last: Int?) throws -> [Job] {
        try read { state in
            let sorted = state.jobs.values
                .filter { wanted == nil || $0.state == wanted }
                .sorted { ($0.ended ?? $0.seen, $0.id) > ($1.ended ?? $1.seen, $1.id) }
            let start =
                last.map { id in sorted.firstIndex { $0.id == id }.map { $0 + 1 } ?? 0 } ?? 0
            return Array(sorted[start...].prefix(limit))
        }
    }

    func job(_ id: Int) throws -> Job? { try read { $0.jobs[id] } }

    func live() -> [LiveJob] {
        state.withLock { $0.live.values.sorted { $0.job.id < $1.job.id } }
    }

    func picture(of id: Int) throws -> MapRows? {
        try read { $0.jobs[id]?.result == nil ? nil : ExampleScenes.picture(id) }
    }

    func retry(_ id: Int) throws -> Bool {
        change { state in
            guard let job = state.jobs[id], [.failed, .waiting, .cancelled].contains(job.state)
            else { return false }
            state.jobs[id]?.state = .queued
            return true
        }
    }

    func cancel(_ id: Int) throws -> Bool {
        change { state in
            guard let job = state.jobs[id],
                [.arriving, .waiting, .queued, .running].contains(job.state)
            else { return false }
            state.jobs[id]?.state = .cancelled
            state.jobs[id]?.ended = .now
            state.live[id] = nil
            return true
        }
    }

    func history() -> [DaemonSample] { state.withLock { $0.history } }

    func metrics() -> DaemonMetrics {
        var metrics = DaemonMetrics()
        metrics.done = 24
        metrics.failed = 4
        metrics.crashes = 3
        metrics.retries = 5
        metrics.pixels = 1_234_567_890
        metrics.bytesRead = 9_876_543_210
        metrics.tileCounts = [0, 1, 8, 20, 22, 23, 24, 24, 24, 24]
        metrics.tileSeconds = 0.96
        return metrics
    }

    /// Adds a job, or changes one.
    func put(_ job: Job) { change { $0.jobs[job.id] = job } }

    /// Draws further rows of the maps at work; begins again after the last.
    func work(rows: Int) {
        change { state in
            for (id, entry) in state.live {
                guard let height = entry.picture?.height else { continue }
                let there = (entry.picture?.labels.count ?? 0) / max(1, entry.picture?.width ?? 1)
                state.live[id] = ExampleScenes.live(
                    entry.job, rows: there >= height ? 0 : min(height, there + rows))
            }
        }
    }
}
