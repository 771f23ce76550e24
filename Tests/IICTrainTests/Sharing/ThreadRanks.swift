import Foundation
import IICInfer
import Synchronization

/// Threads of one process as the ranks of a job. Messages are delivered when they are received, so a
/// receiver that is late holds its sender up.
struct ThreadRanks: Ranks {
    let rank: Int
    let count: Int
    private let post: Post
    var host: String { "thread \(rank)" }

    private struct Address: Hashable {
        var from: Int
        var to: Int
        /// Negative for broadcasts.
        var tag: Int
    }

    /// What was sent and not received yet, and the other way round; in order.
    private final class Post: Sendable {
        struct Entry: Sendable {
            let message: RankMessage
            let transfer: Transfer
        }
        struct Queue: Sendable {
            var sent: [Entry] = []
            var wanted: [Entry] = []
        }
        let queues = Mutex<[Address: Queue]>([:])
    }

    /// Runs `body` on so many ranks at a time and returns what it gave, rank after rank.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (ThreadRanks) throws -> Value
    ) -> [Result<Value, any Error>] {
        let post = Post()
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        let ended = (0..<count).map { _ in Transfer() }
        for rank in 0..<count {
            let thread = Thread {
                let ranks = ThreadRanks(rank: rank, count: count, post: post)
                let result = Result { try body(ranks) }
                results.withLock { $0[rank] = result }
                ended[rank].complete(source: rank)
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        for transfer in ended { transfer.wait() }
        return results.withLock { results in (0..<count).compactMap { results[$0] } }
    }

    func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer {
        move(message, Address(from: self.rank, to: rank, tag: tag), isSent: true)
    }

    func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer {
        guard let rank else { preconditionFailure("not needed here") }
        return move(message, Address(from: rank, to: self.rank, tag: tag), isSent: false)
    }

    func broadcast(_ message: RankMessage, from rank: Int) -> Transfer {
        guard rank == self.rank else { return receive(message, from: rank, tag: -1) }
        var last = Transfer.done
        for other in 0..<count where other != rank {
            last = send(message, to: other, tag: -1)
            last.wait()
        }
        return last
    }

    private func move(_ message: RankMessage, _ address: Address, isSent: Bool) -> Transfer {
        let entry = Post.Entry(message: message, transfer: Transfer())
        let pair = post.queues.withLock { queues -> (Post.Entry, Post.Entry)? in
            var queue = queues[address] ?? Post.Queue()
            defer { queues[address] = queue }
            if isSent {
                guard !queue.wanted.isEmpty else {
                    queue.sent.append(entry)
                    return nil
                }
                return (entry, queue.wanted.removeFirst())
            }
            guard !queue.sent.isEmpty else {
                queue.wanted.append(entry)
                return nil
            }
            return (queue.sent.removeFirst(), entry)
        }
        if let (source, target) = pair {
            unsafe precondition(source.message.bytes.count == target.message.bytes.count)
            unsafe target.message.bytes.copyMemory(
                from: UnsafeRawBufferPointer(source.message.bytes))
            target.transfer.complete(source: address.from)
            source.transfer.complete(source: address.from)
        }
        return entry.transfer
    }

    func finish() {}

    func abort(_ code: Int32) -> Never { fatalError("rank \(rank) ends the job with \(code)") }
}
