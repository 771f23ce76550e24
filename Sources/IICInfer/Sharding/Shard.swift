/// One of so many shares of some work, counted from 1.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// How many shares there may be.
    public static let counts = 1...100_000

    public let index: Int
    public let count: Int

    /// - Precondition: the count is one of ``counts``, and the index lies between 1 and it.
    public init(_ index: Int, of count: Int) {
        precondition(
            Self.counts.contains(count) && (1...count).contains(index), "\(index)/\(count)")
        self.index = index
        self.count = count
    }

    /// As a user writes it, such as `3/64`.
    public var description: String { "\(index)/\(count)" }

    /// The name of the part that it makes of a map, such as `map.tif.03-of-64.part`.
    public func partPath(of map: String) -> String {
        let (index, count) = (String(index), String(count))
        let zeros = String(repeating: "0", count: count.utf8.count - index.utf8.count)
        return "\(map).\(zeros)\(index)-of-\(count).part"
    }
}
