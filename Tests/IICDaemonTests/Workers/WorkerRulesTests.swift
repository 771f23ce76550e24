import Foundation
import Testing

@testable import IICDaemon

/// What workers are judged by, without any.
@Suite struct WorkerRulesTests {
    @Test func `a worker is told to end, and killed when its grace is over`() {
        var deadline = WorkerDeadline(
            limit: .seconds(60), grace: .seconds(8), timeOutGrace: .seconds(5))
        #expect(deadline.signal(at: .seconds(59), isStopWanted: false) == nil)
        #expect(deadline.reason == nil)
        #expect(deadline.signal(at: .seconds(60), isStopWanted: false) == SIGTERM)
        #expect(deadline.reason == .time)
        #expect(deadline.signal(at: .seconds(64), isStopWanted: true) == nil)
        #expect(deadline.signal(at: .seconds(65), isStopWanted: true) == SIGKILL)
        #expect(deadline.reason == .time)
        var stopped = WorkerDeadline(
            limit: .seconds(60), grace: .seconds(8), timeOutGrace: .seconds(5))
        #expect(stopped.signal(at: .seconds(1), isStopWanted: true) == SIGTERM)
        #expect(stopped.signal(at: .seconds(8), isStopWanted: true) == nil)
        #expect(stopped.signal(at: .seconds(9), isStopWanted: false) == SIGKILL)
        #expect(stopped.reason == .stop)
    }

    @Test func `a launched worker is asked first, and its launcher told after half of the grace`() {
        func deadline() -> WorkerDeadline {
            WorkerDeadline(
                limit: .seconds(60), launchLimit: .seconds(100), grace: .seconds(8),
                timeOutGrace: .seconds(4))
        }
        var stopped = deadline()
        let heard = (first: Duration.seconds(90), last: Duration.seconds(120))
        #expect(stopped.signal(at: .seconds(121), began: heard, isStopWanted: false) == nil)
        #expect(stopped.signal(at: .seconds(122), began: heard, isStopWanted: true) == nil)
        #expect(stopped.reason == .stop)
        #expect(stopped.signal(at: .seconds(125), began: heard, isStopWanted: true) == nil)
        #expect(stopped.signal(at: .seconds(126), began: heard, isStopWanted: true) == SIGTERM)
        #expect(stopped.signal(at: .seconds(127), began: heard, isStopWanted: true) == nil)
        #expect(stopped.signal(at: .seconds(130), began: heard, isStopWanted: true) == SIGKILL)
        // Its time begins when it is heard of.
        var late = deadline()
        let now = (first: Duration.seconds(90), last: Duration.seconds(150))
        #expect(late.signal(at: .seconds(149), began: now, isStopWanted: false) == nil)
        #expect(late.signal(at: .seconds(150), began: now, isStopWanted: false) == nil)
        #expect(late.reason == .time)
        #expect(late.signal(at: .seconds(152), began: now, isStopWanted: false) == SIGTERM)
        var queued = deadline()
        #expect(queued.signal(at: .seconds(99), isStopWanted: false) == nil)
        #expect(queued.signal(at: .seconds(100), isStopWanted: false) == SIGTERM)
        #expect(queued.reason == .launch)
        var silent = deadline()
        let once = (first: Duration.seconds(1), last: Duration.seconds(1))
        #expect(silent.signal(at: .seconds(60.9), began: once, isStopWanted: false) == nil)
        #expect(silent.signal(at: .seconds(61), began: once, isStopWanted: false) == SIGTERM)
        #expect(silent.reason == .silence)
    }

    @Test func `time limits are twenty times the estimate, within reason`() {
        #expect(WorkerLimits.timeLimit(estimatedSeconds: 1) == .seconds(600))
        #expect(WorkerLimits.timeLimit(estimatedSeconds: 100) == .seconds(2000))
        #expect(WorkerLimits.timeLimit(estimatedSeconds: 1e308) == .seconds(30 * 86_400))
        #expect(WorkerLimits.timeLimit(estimatedSeconds: .nan) == .seconds(600))
        #expect(WorkerLimits.timeLimit(bytes: 0) == .seconds(600))
        #expect(WorkerLimits.timeLimit(bytes: 2_000_000_000) == .seconds(2600))
        #expect(WorkerLimits.timeLimit(bytes: .max) < .seconds(31 * 86_400))
    }

    @Test func `address space is a multiple of memory that never overflows`() {
        let one = WorkerLimits.addressSpace(memory: 1 << 30, threads: 1)
        #expect(one == 3 << 30 + 128 << 20)
        #expect(WorkerLimits.addressSpace(memory: .max, threads: 8) == .max)
        #expect(WorkerLimits.addressSpace(memory: .max / 2, threads: .max) == .max)
    }

    @Test func `lines may come in any parts, and long ones are passed over`() {
        var lines: [[UInt8]] = []
        var splitter = LineSplitter()
        let long = [UInt8](repeating: 65, count: LineSplitter.longest / 2 + 1)
        for part in [Array("a\n\nb".utf8), Array("c\nd".utf8), long, long, Array("e\nf".utf8)] {
            splitter.add(part) { lines.append($0) }
        }
        splitter.finish { lines.append($0) }
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["a", "bc", "f"])
        #expect(splitter.dropped == 1)
    }

    @Test func `this process lives, and another of its number does not`() throws {
        let own = try #require(WorkerIdentity(pid: getpid()))
        #expect(own.isAlive && own.startTicks > 0)
        #expect(WorkerIdentity(own.description) == own)
        let other = try #require(WorkerIdentity("\(getpid()) \(own.startTicks + 1) \(own.boot)"))
        #expect(!other.isAlive)
        let before = try #require(WorkerIdentity("\(getpid()) \(own.startTicks) x"))
        #expect(!before.isAlive)
        #expect(WorkerIdentity(pid: 0) == nil && WorkerIdentity(pid: -1) == nil)
        for text in ["", "1", "1 2", "1 2 3 4", "x 2 3", "-1 2 3", "1 -2 3"] {
            #expect(WorkerIdentity(text) == nil, "\(text)")
        }
    }

    @Test func `a worker sees no variables that stand for flags`() {
        unsafe setenv("IICD_THREADS", "3", 1)
        defer { unsafe unsetenv("IICD_THREADS") }
        let names = WorkerOrder.inheritedEnvironment.map { String(decoding: $0, as: UTF8.self) }
        #expect(names.contains { $0.hasPrefix("PATH=") })
        #expect(!names.contains { $0.hasPrefix("IICD_") })
    }
}
