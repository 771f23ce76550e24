import Foundation
import IICKernels
import Synchronization

@testable import IICInfer

/// Ranks that are threads of this process: a message waits for its receiver as MPI's do.
struct ThreadRanks: Ranks {
    /// What is on its way between all of them.
    final class Post: Sendable {
        struct Letter {
            var from: Int
            var to: Int
            var tag: Int
            var bytes: [UInt8]
        }

        private struct Reader {
            var rank: Int
            var from: Int?
            var tag: Int
            var message: RankMessage
            var transfer: Transfer
        }

        private struct State {
            var letters: [Letter] = []
            var readers: [Reader] = []
            /// Bytes that nobody has received yet, at most.
            var most = 0
        }

        private let state = Mutex(State())

        var mostBytes: Int { state.withLock(\.most) }

        func send(_ letter: Letter) {
            let reader = state.withLock { state -> Reader? in
                let reader = state.readers.firstIndex {
                    $0.rank == letter.to && $0.tag == letter.tag
                        && ($0.from ?? letter.from) == letter.from
                }
                if let reader { return state.readers.remove(at: reader) }
                state.letters.append(letter)
                state.most = max(state.most, state.letters.reduce(0) { $0 + $1.bytes.count })
                return nil
            }
            if let reader { Self.hand(letter, to: reader) }
        }

        func receive(_ message: RankMessage, at rank: Int, from: Int?, tag: Int) -> Transfer {
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

        private static func hand(_ letter: Letter, to reader: Reader) {
            let target = unsafe reader.message.bytes
            precondition(target.count == letter.bytes.count, "a message of another size")
            unsafe target.copyBytes(from: letter.bytes)
            reader.transfer.complete(source: letter.from)
        }
    }

    let rank: Int
    let count: Int
    let post: Post

    var host: String { "thread \(rank)" }

    func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer {
        post.send(
            Post.Letter(from: self.rank, to: rank, tag: tag, bytes: unsafe Array(message.bytes)))
        return .done
    }

    func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer {
        post.receive(message, at: self.rank, from: rank, tag: tag)
    }

    func broadcast(_ message: RankMessage, from rank: Int) -> Transfer {
        preconditionFailure("nothing is broadcast here")
    }

    func finish() {}
    func abort(_ code: Int32) -> Never { preconditionFailure("aborted with \(code)") }

    /// Runs `body` on so many ranks, the first one on this thread, and returns when all have ended.
    ///
    /// - Returns: what each rank threw.
    static func run(
        _ count: Int, post: Post = Post(), _ body: @escaping @Sendable (ThreadRanks) throws -> Void
    ) -> [(any Error)?] {
        let errors = Mutex([(any Error)?](repeating: nil, count: count))
        let group = DispatchGroup()
        @Sendable func run(_ rank: Int) {
            do {
                try body(ThreadRanks(rank: rank, count: count, post: post))
            } catch {
                errors.withLock { $0[rank] = error }
            }
        }
        for rank in 1..<count {
            group.enter()
            let thread = Thread {
                run(rank)
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        run(0)
        group.wait()
        return errors.withLock { $0 }
    }
}
