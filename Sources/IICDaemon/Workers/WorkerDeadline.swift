import Glibc

/// When a worker is told to end, and when it is killed: pure, so that tests can tell it the time.
struct WorkerDeadline {
    enum Reason { case stop, time }

    /// From the worker's start.
    var limit: Duration
    /// How long it has to end, after it was told to and after its time was over.
    let grace: Duration
    let timeOutGrace: Duration
    /// Why it was told to end; nil if it was not.
    private(set) var reason: Reason?
    private var killTime = Duration.zero

    init(limit: Duration, grace: Duration, timeOutGrace: Duration) {
        self.limit = limit
        self.grace = grace
        self.timeOutGrace = timeOutGrace
    }

    /// The signal to send now; nil for none.
    ///
    /// - Parameter time: since the worker's start.
    mutating func signal(at time: Duration, isStopWanted: Bool) -> Int32? {
        guard reason == nil else { return time >= killTime ? SIGKILL : nil }
        if isStopWanted {
            reason = .stop
            killTime = time + grace
        } else if time >= limit {
            reason = .time
            killTime = time + timeOutGrace
        } else {
            return nil
        }
        return SIGTERM
    }
}
