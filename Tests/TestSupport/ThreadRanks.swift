import Foundation
package import IICInfer
import IICKernels
import Synchronization

/// Threads of one process as the ranks of a job.
package struct ThreadRanks: Ranks {
    /// When a message leaves its sender; MPI does either, as it likes.
    package enum Delivery: Sendable {
        /// At once: its bytes are copied, and nothing holds the sender up.
        case eager
        /// When it is received: a receiver that is late holds the sender up.
        case rendezvous
    }

    /// What is on its way between all of them.
    package final class Post: Sendable {
        private struct Letter {
            var from: Int
            var to: Int
            var tag: Int
            var size: Int
            var message: RankMessage
            var transfer: Transfer
        }

        private struct Reader {
            var rank: Int
            var from: Int?
            var tag: Int
            var message: RankMessage
            var transfer: Transfer
        }

        private struct State {
            /// In the order in which they were sent.
            var letters: [Letter] = []
            /// In the order in which they began to wait.
            var readers: [Reader] = []
            var most = 0
        }

        private let delivery: Delivery
        private let state = Mutex(State())

        package init(_ delivery: Delivery) { self.delivery = delivery }

        /// Bytes that were sent and that nobody had received yet, at most.
        package var mostBytes: Int { state.withLock(\.most) }

        fileprivate func send(
            _ message: RankMessage, from rank: Int, to: Int, tag: Int
        ) -> Transfer {
            let isEager = delivery == .eager
            let letter = Letter(
                from: rank, to: to, tag: tag, size: unsafe message.bytes.count,
                message: isEager ? Self.copy(message) : message, transfer: Transfer())
            let reader = state.withLock { state -> Reader? in
                let reader = state.readers.firstIndex {
                    $0.rank == to && $0.tag == tag && ($0.from ?? rank) == rank
                }
                if let reader { return state.readers.remove(at: reader) }
                state.letters.append(letter)
                state.most = max(state.most, state.letters.reduce(0) { $0 + $1.size })
                return nil
            }
            if let reader { Self.hand(letter, to: reader) }
            return isEager ? .done : letter.transfer
        }

        fileprivate func receive(
            _ message: RankMessage, at rank: Int, from: Int?, tag: Int
        ) -> Transfer {
            let reader = Reader(
                rank: rank, from: from, tag: tag, message: message, transfer: Transfer())
            let letter = state.withLock { state -> Letter? in
                let letter = state.letters.firstIndex {
                    $0.to == rank && $0.tag == tag && (from ?? $0.from) == $0.from
                }
                if let letter { return state.letters.remove(at: letter) }
                state.readers.append(reader)
                return nil
            }
            if let letter { Self.hand(letter, to: reader) }
            return reader.transfer
        }

        private static func copy(_ message: RankMessage) -> RankMessage {
            let bytes: [UInt8] = unsafe Array(message.bytes)
            return RankMessage(Buffer(bytes))
        }

        private static func hand(_ letter: Letter, to reader: Reader) {
            let target = unsafe reader.message.bytes
            precondition(target.count == letter.size, "a message of another size")
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(letter.message.bytes))
            reader.transfer.complete(source: letter.from)
            letter.transfer.complete(source: letter.from)
        }
    }

    /// Those of messages are not negative.
    private static let broadcastTag = -1

    package let rank: Int
    package let count: Int
    private let post: Post

    package var host: String { "thread \(rank)" }

    package func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer {
        post.send(message, from: self.rank, to: rank, tag: tag)
    }

    package func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer {
        post.receive(message, at: self.rank, from: rank, tag: tag)
    }

    package func broadcast(_ message: RankMessage, from rank: Int) -> Transfer {
        guard rank == self.rank else {
            return receive(message, from: rank, tag: Self.broadcastTag)
        }
        for other in 0..<count where other != rank {
            send(message, to: other, tag: Self.broadcastTag).wait()
        }
        return .done
    }

    package func finish() {}

    package func abort(_ code: Int32) -> Never {
        fatalError("rank \(rank) ends the job with \(code)")
    }

    /// Runs `body` on so many ranks at a time and returns when all have ended.
    ///
    /// Rank 0 has the caller's thread. What a thread has read before may change the text of a reference
    /// system that is written (see `Georeference.isSamePlace(as:)`), and so a map's files.
    ///
    /// - Returns: what each rank returned or threw, rank after rank.
    package static func run<Value: Sendable>(
        _ count: Int, post: Post = Post(.rendezvous),
        _ body: @escaping @Sendable (ThreadRanks) throws -> Value
    ) -> [Result<Value, any Error>] {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        let group = DispatchGroup()
        @Sendable func work(_ rank: Int) {
            let ranks = ThreadRanks(rank: rank, count: count, post: post)
            let result = Result { try body(ranks) }
            results.withLock { $0[rank] = result }
        }
        for rank in 1..<count {
            group.enter()
            let thread = Thread {
                work(rank)
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        work(0)
        group.wait()
        return results.withLock { results in (0..<count).compactMap { results[$0] } }
    }
}
