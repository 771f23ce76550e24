import IICKernels

/// What a rank tells rank 0, which the bytes that go with it follow.
struct RowMessage: Equatable {
    enum Kind: Int {
        /// What the rank is about to map, first of all.
        case hello
        /// It wants a window to compute.
        case wants
        /// Rows that it has computed.
        case rows
        /// Why it cannot go on, the last of all.
        case failed
    }

    static let length = 7

    var kind: Kind
    var encoder = 0
    /// In the map.
    var window = PixelWindow(x: 0, y: 0, width: 0, height: 0)
    /// The bytes that follow.
    var bytes = 0

    var numbers: [Int] {
        [kind.rawValue, encoder, window.x, window.y, window.width, window.height, bytes]
    }

    init(_ kind: Kind, encoder: Int = 0, window: PixelWindow? = nil, bytes: Int = 0) {
        self.kind = kind
        self.encoder = encoder
        self.window = window ?? self.window
        self.bytes = bytes
    }

    /// - Precondition: another rank has sent them.
    init(_ numbers: [Int]) {
        guard let kind = Kind(rawValue: numbers[0]) else {
            preconditionFailure("a message of kind \(numbers[0])")
        }
        self.init(
            kind, encoder: numbers[1],
            window: PixelWindow(
                x: numbers[2], y: numbers[3], width: numbers[4], height: numbers[5]),
            bytes: numbers[6])
    }
}

/// Tags of what is sent while ranks map one scene.
enum RowTag {
    /// To rank 0: a ``RowMessage``, and the bytes that follow.
    static let message = RankTag.free + 64
    static let bytes = message + 1
    /// From rank 0: a window, of no pixels when there is no more; and that rows were taken.
    static let window = message + 2
    static let taken = message + 3
}
