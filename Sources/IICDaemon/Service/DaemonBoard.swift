import Foundation
import IICInfer

/// What a running daemon shows.
struct DaemonBoard: JobBoard {
    let keeper: JobKeeper
    let folder: String
    let maps: String
    let workers: Int
    /// Has the folder looked at now.
    let nudge: @Sendable () -> Void
    private let started = Date.now

    init(
        keeper: JobKeeper, folder: String, maps: String, workers: Int,
        nudge: @escaping @Sendable () -> Void
    ) {
        self.keeper = keeper
        self.folder = folder
        self.maps = maps
        self.workers = workers
        self.nudge = nudge
    }

    var description: DaemonDescription {
        let plan = keeper.plan
        return DaemonDescription(
            folder: folder, maps: maps, model: plan.model, modelHash: plan.modelHash,
            classes: plan.classes, workers: workers, version: Software.version, started: started)
    }

    var version: Int { keeper.live.version }
    var obstacle: String? { keeper.obstacle }

    func counts() throws -> [JobState: Int] { try keeper.ledger.counts() }

    func jobs(in state: JobState?, limit: Int, after last: Int?) throws -> [Job] {
        try keeper.ledger.jobs(in: state, limit: limit, after: last)
    }

    func job(_ id: Int) throws -> Job? { try keeper.ledger.job(id) }

    func live() -> [LiveJob] { keeper.live.all }

    func picture(of id: Int) throws -> MapRows? { try keeper.ledger.picture(of: id) }

    func retry(_ id: Int) throws -> Bool {
        try change(id) { state, name, time in state.retry(name, at: time) }
    }

    func cancel(_ id: Int) throws -> Bool {
        try change(id) { state, name, _ in state.cancel(name) }
    }

    private func change(
        _ id: Int, _ body: (inout FolderState, FileName, Duration) -> Bool
    ) throws -> Bool {
        guard let job = try keeper.ledger.job(id) else { return false }
        let isChanged = keeper.queue.update { state, time in body(&state, job.scene, time) }
        if isChanged {
            keeper.sync()
            nudge()
        }
        return isChanged
    }

    func history() -> [DaemonSample] { keeper.live.history }

    func metrics() -> DaemonMetrics { keeper.live.metrics }
}
