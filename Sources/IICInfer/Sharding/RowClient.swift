import IICKernels

/// What a rank other than 0 says to rank 0 while they map one scene.
///
/// One thread at a time. No more rows are on their way than rank 0 has room for: their sender waits
/// until it has taken earlier ones.
final class RowClient {
    /// Windows of rows that a rank may send ahead.
    static let ahead = 4

    private let ranks: any Ranks
    private let isCancelled: () -> Bool
    /// That rows were taken, in the order in which they were sent.
    private var taken: [Transfer] = []

    init(_ ranks: any Ranks, isCancelled: @escaping () -> Bool) {
        self.ranks = ranks
        self.isCancelled = isCancelled
    }

    func greet(_ text: String) throws {
        let bytes = Array(text.utf8)
        try tell(.hello, bytes.span)
    }

    /// The next window to compute; nil if there is none.
    func nextWindow() throws -> PixelWindow? {
        try waitUntilTaken(but: 0)
        let numbers = Buffer<Int>(uninitialized: 4)
        let answer = ranks.receive(RankMessage(numbers), from: 0, tag: RowTag.window)
        let nothing: [UInt8] = []
        try tell(.wants, nothing.span)
        try answer.wait(unless: isCancelled)
        let place = numbers.array
        let window = PixelWindow(x: place[0], y: place[1], width: place[2], height: place[3])
        return window.count > 0 ? window : nil
    }

    /// Sends a window of an encoder's pixels.
    func send(_ pixels: Span<UInt8>, encoder: Int, window: PixelWindow) throws {
        guard !pixels.isEmpty else { return }
        try waitUntilTaken(but: Self.ahead - 1)
        taken.append(
            ranks.receive(
                RankMessage(Buffer<Int>(uninitialized: 1)), from: 0, tag: RowTag.taken))
        // One byte stands for a window of equal ones, such as one without data.
        let count = pixels.isAll(pixels[0]) ? 1 : pixels.count
        try tell(.rows, pixels.extracting(0..<count), encoder: encoder, window: window)
    }

    /// Tells why this rank cannot go on.
    func fail(_ error: any Error) throws {
        let user = error as? any UserError
        let status = (user?.exitStatus ?? .failed).rawValue
        let document: JSONValue = [
            "status": .integer(Int(status)), "host": .string(ranks.host),
            "words": .string(user?.description ?? "\(error)"),
        ]
        let bytes = Array(document.text.utf8)
        try tell(.failed, bytes.span)
    }

    private func waitUntilTaken(but count: Int) throws {
        while taken.count > count { try taken.removeFirst().wait(unless: isCancelled) }
    }

    private func tell(
        _ kind: RowMessage.Kind, _ bytes: Span<UInt8>, encoder: Int = 0, window: PixelWindow? = nil
    ) throws {
        let message = RowMessage(kind, encoder: encoder, window: window, bytes: bytes.count)
        var transfers = [
            ranks.send(RankMessage(Buffer(message.numbers)), to: 0, tag: RowTag.message)
        ]
        if !bytes.isEmpty {
            let buffer = Buffer<UInt8>(uninitialized: bytes.count)
            var copy = buffer.mutableSpan()
            for index in bytes.indices { copy[index] = bytes[index] }
            transfers.append(ranks.send(RankMessage(buffer), to: 0, tag: RowTag.bytes))
        }
        for transfer in transfers { try transfer.wait(unless: isCancelled) }
    }
}
