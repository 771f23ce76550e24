/// What one client, and all of them together, may take from the server.
package struct WebLimits: Sendable {
    /// Request line and headers, in bytes.
    package var head = 16 << 10
    package var headers = 100
    /// A longer body is refused; of one that is not JSON nothing is kept.
    package var body = 64 << 10
    /// Within which a request must be there, and within which an answer must have been taken.
    package var requestTime = Duration.seconds(10)
    package var replyTime = Duration.seconds(30)
    /// Within which a client must take one event.
    package var eventTime = Duration.seconds(10)
    package var connections = 64
    package var streams = 16
    /// Where all connections are taken, one that has been sending its request for so long gives way to
    /// a new one, and a new one waits for so long.
    package var grace = Duration.seconds(1)
    /// Between two events, at least; and between two signs of life.
    package var eventPause = Duration.milliseconds(500)
    package var heartbeat = Duration.seconds(15)

    package init() {}
}
