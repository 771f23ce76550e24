import Synchronization

/// Hands out a scene's swaths to threads. One that finds none waiting takes the lower half of the
/// largest that another has still to do, since nobody knows before how much of a scene holds data.
///
/// Labels do not depend on where swaths are cut, so neither do they on who took what.
final class SwathQueue: Sendable {
    /// Rows of which a thread may take half: a swath computes about 58 again at a cut.
    private static let leastRows = 256

    private struct Work {
        var job: SwathLayout.Job
        /// The row that comes next.
        var row: Int
        /// The row after the last one.
        var end: Int
    }

    private struct State {
        /// Waiting jobs, the first one last.
        var waiting: [SwathLayout.Job]
        /// What each worker does.
        var works: [Work?]
    }

    private let state: Mutex<State>
    private let shares: Bool

    /// - Parameter shares: whether swaths may be cut once more; in `paper` geometry they may not.
    init(_ jobs: [SwathLayout.Job], workers: Int, shares: Bool) {
        state = Mutex(
            State(waiting: jobs.reversed(), works: Array(repeating: nil, count: workers)))
        self.shares = shares
    }

    /// The next swath for a worker, which has done what it had; nil if there is nothing to do.
    func next(_ worker: Int) -> SwathLayout.Job? {
        state.withLock { state in
            state.works[worker] = nil
            var next = state.waiting.popLast()
            if next == nil && shares { next = Self.half(of: &state) }
            guard let job = next else { return nil }
            let rows = job.swath.rows
            state.works[worker] = Work(job: job, row: rows.lowerBound, end: rows.upperBound)
            return job
        }
    }

    /// Tells that a worker has come to a row of its swath, which come one after another.
    ///
    /// - Returns: whether it is its last one; another worker does those below it.
    func isLast(_ row: Int, of worker: Int) -> Bool {
        state.withLock { state in
            guard state.works[worker] != nil else { preconditionFailure("no work of \(worker)") }
            state.works[worker]?.row = row + 1
            return row + 1 == state.works[worker]?.end
        }
    }

    /// Cuts the largest rest in two.
    private static func half(of state: inout State) -> SwathLayout.Job? {
        func pixels(_ work: Work?) -> Int {
            work.map { ($0.end - $0.row) * $0.job.swath.columns.count } ?? 0
        }
        guard
            let index = state.works.indices.max(by: {
                pixels(state.works[$0]) < pixels(state.works[$1])
            }),
            let work = state.works[index], work.end - work.row >= leastRows
        else { return nil }
        // Where layouts cut as well.
        let cut = SwathLayout.cut(work.row + (work.end - work.row) / 2)
        state.works[index]?.end = cut
        var job = work.job
        job.swath.rows = cut..<work.end
        job.covered.y = cut
        job.covered.height = work.end - cut
        job.wanted = job.covered
        return job
    }
}
