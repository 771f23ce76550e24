import Glibc

/// When a worker is told to end, and when it is killed: pure, so that tests can tell it the time.
///
/// A launched worker is asked to end by a word, which reaches it wherever it runs; its launcher gets a
/// signal when half of the grace is over.
struct WorkerDeadline {
    enum Reason {
        case stop, time
        /// No worker was heard of in time.
        case launch
        /// One that had begun was not heard of any more.
        case silence
    }

    /// From the worker's beginning.
    var limit: Duration
    /// How long a launcher may take until its worker begins; nil for a direct child.
    var launchLimit: Duration?
    /// How long a launched worker may say nothing.
    var silenceLimit = Duration.seconds(60)
    /// How long it has to end, after it was told to and after its time was over.
    let grace: Duration
    let timeOutGrace: Duration
    /// Why it was told to end; nil if it was not.
    private(set) var reason: Reason?
    /// When its launcher is told; nil once it was.
    private var signalTime: Duration?
    private var killTime = Duration.zero

    init(limit: Duration, launchLimit: Duration? = nil, grace: Duration, timeOutGrace: Duration) {
        self.limit = limit
        self.launchLimit = launchLimit
        self.grace = grace
        self.timeOutGrace = timeOutGrace
    }

    /// The signal to send now; nil for none.
    ///
    /// - Parameters:
    ///   - time: since the process's start.
    ///   - began: when a launched worker was first heard of, and last.
    mutating func signal(
        at time: Duration, began: (first: Duration, last: Duration)? = nil, isStopWanted: Bool
    ) -> Int32? {
        if reason == nil {
            reason = cause(at: time, began, isStopWanted)
            guard let reason else { return nil }
            let grace = reason == .time ? timeOutGrace : grace
            killTime = time + grace
            let hears = began != nil && reason != .silence
            signalTime = hears ? time + grace / 2 : time
        }
        if time >= killTime { return SIGKILL }
        guard let due = signalTime, time >= due else { return nil }
        signalTime = nil
        return SIGTERM
    }

    private func cause(
        at time: Duration, _ began: (first: Duration, last: Duration)?, _ isStopWanted: Bool
    ) -> Reason? {
        if isStopWanted { return .stop }
        guard let launchLimit else { return time >= limit ? .time : nil }
        guard let began else { return time >= launchLimit ? .launch : nil }
        if time - began.last >= silenceLimit { return .silence }
        return time - began.first >= limit ? .time : nil
    }
}
