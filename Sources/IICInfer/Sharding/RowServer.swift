import IICKernels
import Synchronization

/// Rank 0's side of a ``RowClient``: hands out windows and takes rows until there are no more.
final class RowServer: Sendable {
    private let ranks: any Ranks
    private let greeting: [UInt8]
    private let pixelBytes: [Int]
    /// Windows that nobody computes yet, the next one last.
    private let waiting: Mutex<[PixelWindow]>

    /// - Parameters:
    ///   - greeting: what all ranks must be about to map.
    ///   - pixelBytes: of each encoder.
    init(_ ranks: any Ranks, greeting: String, windows: [PixelWindow], pixelBytes: [Int]) {
        self.ranks = ranks
        self.greeting = Array(greeting.utf8)
        self.pixelBytes = pixelBytes
        waiting = Mutex(windows.reversed())
    }

    /// A window for rank 0's own threads; nil if there is none.
    func nextWindow() -> PixelWindow? { waiting.withLock { $0.popLast() } }

    /// Serves the others until none of them is at work any more.
    ///
    /// - Parameter take: takes rows of an encoder.
    /// - Throws: ``RankFailure`` if one of them cannot go on; ``Interrupted``; what `take` throws.
    func run(
        take: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        isCancelled: () -> Bool
    ) throws {
        var left = ranks.count - 1
        while left > 0 {
            let numbers = Buffer<Int>(uninitialized: RowMessage.length)
            let rank = try ranks.receive(RankMessage(numbers), from: nil, tag: RowTag.message)
                .wait(unless: isCancelled)
            let message = RowMessage(numbers.array)
            var bytes: [UInt8] = []
            if message.bytes > 0 {
                let buffer = Buffer<UInt8>(uninitialized: message.bytes)
                try ranks.receive(RankMessage(buffer), from: rank, tag: RowTag.bytes)
                    .wait(unless: isCancelled)
                bytes = buffer.array
            }
            switch message.kind {
            case .hello:
                guard bytes == greeting else {
                    throw SegmentError.otherRank(rank, count: ranks.count)
                }
            case .wants:
                let window = nextWindow()
                if window == nil { left -= 1 }
                let place = window.map { [$0.x, $0.y, $0.width, $0.height] } ?? [0, 0, 0, 0]
                _ = ranks.send(RankMessage(Buffer(place)), to: rank, tag: RowTag.window)
            case .rows:
                let all = message.window.count * pixelBytes[message.encoder]
                if bytes.count < all { bytes = [UInt8](repeating: bytes[0], count: all) }
                try take(message.encoder, bytes.span, message.window)
                _ = ranks.send(RankMessage(Buffer([0])), to: rank, tag: RowTag.taken)
            case .failed: throw failure(of: rank, bytes)
            }
        }
    }

    private func failure(of rank: Int, _ bytes: [UInt8]) -> RankFailure {
        let document = try? JSONValue(parsing: bytes)
        return RankFailure(
            rank: rank, count: ranks.count, host: document?["host"]?.string ?? "",
            words: document?["words"]?.string ?? "",
            exitStatus: document?["status"]?.integer.flatMap { ExitStatus(rawValue: Int32($0)) }
                ?? .failed)
    }
}
