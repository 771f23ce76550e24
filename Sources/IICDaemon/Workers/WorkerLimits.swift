/// What a worker may take, by what it is expected to.
package enum WorkerLimits {
    /// No worker has less time.
    package static let leastTime = Duration.seconds(600)
    /// A worker may take so many times what it was estimated to take.
    private static let timeFactor = 20.0
    /// No worker has more time, whatever it says of itself.
    private static let mostTime = 30 * 86_400.0
    /// Bytes a second that the slowest disk gives, for what is read before there is an estimate.
    private static let slowestReading = 1e6

    /// How long a scene may take that is estimated to take so many seconds.
    package static func timeLimit(estimatedSeconds: Double) -> Duration {
        guard estimatedSeconds > 0 else { return leastTime }
        return max(leastTime, .seconds(min(timeFactor * estimatedSeconds, mostTime)))
    }

    /// How long it may take to begin with, of a scene of so many bytes.
    package static func timeLimit(bytes: Int) -> Duration {
        leastTime + .seconds(min(Double(max(bytes, 0)) / slowestReading, mostTime))
    }

    /// Bytes of address space for a worker with this memory limit and so many threads: twice the limit,
    /// and what addresses are taken without memory behind them.
    ///
    /// These are the libraries' (0.6 GiB), and each thread's stack and part of the allocator's space (8
    /// and 64 MiB). So the limit stops a worker that runs away, and no other: docs/daemon.md has what
    /// was measured.
    package static func addressSpace(memory: Int, threads: Int) -> Int {
        let (product, overflow) = memory.multipliedReportingOverflow(by: 2)
        let rest = 1 << 30 + max(1, min(threads, 4096)) * (128 << 20)
        return overflow || product > .max - rest ? .max : product + rest
    }
}
