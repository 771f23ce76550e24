import Synchronization
import TestSupport
import Testing

@testable import IICInfer

@Suite struct SwathQueueTests {
    private let layout = SwathLayout(
        width: 900, height: 4000, bounds: PixelWindow(x: 100, y: 50, width: 700, height: 3900),
        across: 2, down: 2)

    /// Workers take turns that `seed` decides; each turn is one row.
    private func rows(workers: Int, shares: Bool, seed: Int) -> (done: [Int], jobs: Int) {
        let queue = SwathQueue(layout.jobs, workers: workers, shares: shares)
        var done = [Int](repeating: 0, count: 2 * 4000)
        var running: [(job: SwathLayout.Job, row: Int)?] = (0..<workers).map { worker in
            queue.next(worker).map { ($0, $0.swath.rows.lowerBound) }
        }
        var jobs = running.count { $0 != nil }
        var turn = 0
        while running.contains(where: { $0 != nil }) {
            turn += 1
            let worker = Int(noise(turn, seed, 1)) % workers
            guard let (job, row) = running[worker] else { continue }
            done[(job.swath.columns.lowerBound == 100 ? 0 : 4000) + row] += 1
            guard queue.isLast(row, of: worker) else {
                running[worker]?.row += 1
                continue
            }
            running[worker] = queue.next(worker).map { ($0, $0.swath.rows.lowerBound) }
            if running[worker] != nil { jobs += 1 }
        }
        return (done, jobs)
    }

    @Test(arguments: [1, 2, 3, 8])
    func `every row is done once, whoever takes it`(workers: Int) {
        for seed in 0..<5 {
            for shares in [false, true] {
                let (done, jobs) = rows(workers: workers, shares: shares, seed: seed)
                for half in 0..<2 {
                    for row in 0..<4000 {
                        #expect(
                            done[half * 4000 + row] == ((50..<3950).contains(row) ? 1 : 0))
                    }
                }
                // Two may end so close together that there is nothing to share.
                #expect(shares && workers > 1 ? jobs > 4 || workers == 2 : jobs == 4)
            }
        }
    }

    @Test func `a worker without work takes half of what another has to do`() throws {
        let queue = SwathQueue([layout.jobs[0]], workers: 2, shares: true)
        let job = try #require(queue.next(0))
        for row in job.swath.rows.prefix(100) { #expect(!queue.isLast(row, of: 0)) }
        let half = try #require(queue.next(1))
        let middle = (job.swath.rows.lowerBound + 100 + job.swath.rows.upperBound) / 2
        #expect(abs(half.swath.rows.lowerBound - middle) < 24)
        #expect(half.swath.rows.upperBound == job.swath.rows.upperBound)
        #expect(half.covered == half.wanted && half.wanted.y == half.swath.rows.lowerBound)
        #expect(half.wanted.height == half.swath.rows.count)
        #expect(queue.isLast(half.swath.rows.lowerBound - 1, of: 0))
    }

    @Test func `nobody takes a part that is too small`() throws {
        let queue = SwathQueue([layout.jobs[0]], workers: 2, shares: true)
        let job = try #require(queue.next(0))
        for row in job.swath.rows.dropLast(200) { #expect(!queue.isLast(row, of: 0)) }
        #expect(queue.next(1) == nil)
        for row in job.swath.rows.suffix(200).dropLast() { #expect(!queue.isLast(row, of: 0)) }
        #expect(queue.isLast(job.swath.rows.upperBound - 1, of: 0))
    }
}
