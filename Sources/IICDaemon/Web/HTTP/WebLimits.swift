/// What one client, and all of them together, may take from the daemon.
struct WebLimits: Sendable {
    /// Request line and headers, in bytes.
    var head = 16 << 10
    var headers = 100
    /// No request needs a body; one of up to so many bytes is read and left aside.
    var body = 64 << 10
    /// Within which a request must be there, and within which an answer must have been taken.
    var requestTime = Duration.seconds(10)
    var replyTime = Duration.seconds(30)
    /// Within which a client must take one event.
    var eventTime = Duration.seconds(10)
    var connections = 64
    var streams = 16
    /// Where all connections are taken, one that has been sending its request for so long gives way to
    /// a new one, and a new one waits for so long.
    var grace = Duration.seconds(1)
    /// Between two events, at least; and between two signs of life.
    var eventPause = Duration.milliseconds(500)
    var heartbeat = Duration.seconds(15)
}
