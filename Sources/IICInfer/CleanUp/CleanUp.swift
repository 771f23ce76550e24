/// What is done to the labels of a finished map so that people see fewer crumbs: to those of its
/// classes and of all that shows them, and to nothing else. Nothing unless said.
public struct CleanUp: Sendable, Hashable {
    /// Windows of the majority filter, in pixels a side.
    public static let majoritySizes = 1...99
    /// Of the sieve, in pixels.
    public static let sieveSizes = 2...Int(Int32.max)

    /// Rows and columns of the window whose most frequent class a pixel gets; odd, and 1 for none
    /// where a model brings one.
    public var majority: Int?
    /// Patches of fewer pixels join their largest neighbour; after the majority filter.
    public var sieve: Int?

    /// - Precondition: both are as ``majoritySizes`` and ``sieveSizes`` have it.
    public init(majority: Int? = nil, sieve: Int? = nil) {
        precondition(
            majority.map { $0 % 2 == 1 && Self.majoritySizes.contains($0) } ?? true,
            "a window of \(majority ?? 0) pixels")
        precondition(sieve.map(Self.sieveSizes.contains) ?? true, "a sieve of \(sieve ?? 0) pixels")
        self.majority = majority
        self.sieve = sieve
    }

    /// Whether there is anything to do.
    public var isOn: Bool { filter != nil || sieve != nil }

    /// ``majority``, if it does anything.
    var filter: Int? { majority == 1 ? nil : majority }

    /// Its part in the hash of the settings.
    var document: JSONValue {
        [
            "majority": filter.map(JSONValue.integer) ?? .null,
            "sieve": sieve.map(JSONValue.integer) ?? .null,
        ]
    }

    /// Bytes that it takes on a map of this size, GDAL's least cache apart. What a sieve takes for the
    /// patches of a map is known only when they are there: ``SieveNeed``.
    func memoryBytes(width: Int, height: Int, classes: Int) -> Int {
        let filter = filter.map {
            MajorityFilter(size: $0, classes: classes).memoryBytes(width: width, height: height)
        }
        let sieve = sieve.map { _ in SieveNeed(width: width, fragments: 0).bytes }
        return max(filter ?? 0, sieve ?? 0, isOn ? LabelRows.memoryBytes(width: width) : 0)
    }
}
