import IICKernels

/// Messages whose size the receiver does not know.
extension Ranks {
    /// Sends some bytes; returns when they are on their way.
    package func send(bytes: [UInt8], to rank: Int, tag: Int) {
        send(RankMessage(Buffer<Int>([bytes.count])), to: rank, tag: tag).wait()
        guard !bytes.isEmpty else { return }
        send(RankMessage(Buffer(bytes)), to: rank, tag: tag).wait()
    }

    /// Waits for what ``send(bytes:to:tag:)`` sent; nil stands for any rank.
    package func receiveBytes(
        from rank: Int?, tag: Int
    ) -> (bytes: [UInt8], source: Int) {
        let count = Buffer<Int>(uninitialized: 1)
        let source = receive(RankMessage(count), from: rank, tag: tag).wait()
        guard count.span()[0] > 0 else { return ([], source) }
        let bytes = Buffer<UInt8>(uninitialized: count.span()[0])
        receive(RankMessage(bytes), from: source, tag: tag).wait()
        return (bytes.array, source)
    }

    /// Brings rank 0's bytes to all ranks.
    package func broadcast(bytes: [UInt8]) -> [UInt8] {
        guard count > 1 else { return bytes }
        let size = Buffer<Int>([bytes.count])
        broadcast(RankMessage(size), from: 0).wait()
        guard size.span()[0] > 0 else { return [] }
        let buffer =
            rank == 0 ? Buffer(bytes) : Buffer<UInt8>(uninitialized: size.span()[0])
        broadcast(RankMessage(buffer), from: 0).wait()
        return buffer.array
    }

    /// Brings rank 0's numbers to all ranks, which have as many.
    package func broadcast(_ numbers: [Int]) -> [Int] {
        let buffer = Buffer(numbers)
        broadcast(RankMessage(buffer), from: 0).wait()
        return buffer.array
    }

    /// Returns when all ranks have called it.
    package func barrier() {
        gather([0])
        _ = broadcast([0])
    }

    /// Brings as many numbers of every rank to rank 0, rank after rank; other ranks get nothing.
    @discardableResult package func gather(_ numbers: [Int]) -> [[Int]] {
        guard rank == 0 else {
            send(RankMessage(Buffer(numbers)), to: 0, tag: RankTag.gather).wait()
            return []
        }
        let others = (1..<max(1, count)).map { _ in Buffer<Int>(uninitialized: numbers.count) }
        let transfers = others.enumerated().map { index, buffer in
            receive(RankMessage(buffer), from: index + 1, tag: RankTag.gather)
        }
        for transfer in transfers { transfer.wait() }
        return [numbers] + others.map(\.array)
    }
}

/// Tags of messages that this module sends itself; those of others begin at ``free``.
package enum RankTag {
    static let gather = 1
    static let failure = 2
    package static let free = 16
}
