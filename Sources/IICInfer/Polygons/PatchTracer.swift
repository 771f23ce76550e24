/// Finds the patches of a map and their outlines in one pass over its rows, from the top down.
///
/// Between two rows lie the corners of four pixels each. At every one of them, the outlines of the
/// pixels around it come in, turn, go on, or meet. An outline that is not closed yet is an *arc*: a list
/// of corners whose two ends lie where the rows that are still to come begin. A patch is complete when
/// a row has no pixel of it.
///
/// Memory is bounded. Patches keep the corners of their outlines until they are complete; where those of
/// all open patches are more than ``vertexLimit``, the patches that have the most are cut between two
/// rows, until half of the limit is free, and go on as other patches. Where this happens depends on the
/// labels and the limit alone.
struct PatchTracer {
    /// Corners that open patches may have together, before some are cut.
    ///
    /// A constant, so that a map's polygons do not depend on the memory at hand.
    static let vertexLimit = 1 << 19

    let width: Int
    let limit: Int
    /// Rows taken.
    private(set) var row = 0
    /// Rows before which patches were cut.
    private(set) var cuts = 0

    /// A corner of an outline.
    struct Node {
        /// The upper bit: whether the outline of one patch may come here twice.
        var x: UInt32
        /// The upper bit: whether it is the last one of its ring.
        var y: UInt32
        /// The next one of its arc, of its patch's rings, or of those that are free; -1 for none.
        var next: Int32
    }

    /// One end of an arc: the patch lies to the right of it, so that it goes down along the right side
    /// of pixels (and ends there) and up along the left side (and begins there).
    struct End {
        var node: Int32 = -1
        /// The arc's other end.
        var partner: Int32 = -1
    }

    /// A patch in the making, or one that has become a part of another.
    struct Slot {
        var label: UInt8 = 0
        var isPart = false
        /// Whether it ends above the row in hand, though there are pixels of its class below it.
        var isCut = false
        /// Itself, unless it was found to be a part of another.
        var parent: Int32
        /// The last row that has pixels of it.
        var row: Int
        var pixels = 0
        var squareMetres = 0.0
        /// Corners of its outline.
        var corners = 0
        /// Its closed rings, one after another.
        var firstNode: Int32 = -1
        var lastNode: Int32 = -1
    }

    static let flag: UInt32 = 1 << 31

    var nodes: [Node] = []
    var freeNode: Int32 = -1
    /// Corners in use.
    var used = 0
    var slots: [Slot] = []
    var freeSlots: [Int32] = []
    /// Patches in the making, in the order of their first pixels, and parts that were joined just now.
    var open: [Int32] = []
    /// Where arcs end, two for each place: that of the arc that goes down or to the right, and that of
    /// the arc that comes from there. Places are the columns' borders above the corners in hand, those
    /// below them, and two borders between the rows.
    var ends: [End]
    /// Labels of the row above, and patches of its pixels and of those of the row in hand; -1 where
    /// there is no data.
    var above: [UInt8]
    var patchesAbove: [Int32]
    var patches: [Int32]
    /// Whether patches were joined or are to be cut in the row in hand.
    var hasJoined = false
    var hasCuts = false
    /// The last patch handed out, whose memory is used again.
    var patch = Patch()
    var scratch = RingSplitter()

    /// - Precondition: a corner's number fits in 31 bits.
    init(width: Int, limit: Int = PatchTracer.vertexLimit) {
        precondition(width > 0 && width < 1 << 31 && limit >= 0, "\(width) columns")
        precondition(Self.capacity(width: width, limit: limit) < 1 << 31, "\(width) columns")
        self.width = width
        self.limit = limit
        ends = [End](repeating: End(), count: 4 * (width + 1) + 4)
        above = [UInt8](repeating: MapWriter.nodata, count: width)
        patchesAbove = [Int32](repeating: -1, count: width)
        patches = patchesAbove
        nodes.reserveCapacity(Self.capacity(width: width, limit: limit))
    }

    /// Corners in use at most. Each corner of pixels is one of four outlines at most. A row that makes
    /// them more than the limit is followed by one before which patches are cut; that row's are the last.
    private static func capacity(width: Int, limit: Int) -> Int { limit + 8 * (width + 1) }

    /// The most corners that a patch may have: a corner of pixels is on one patch's outline twice at most.
    static func largestPatch(width: Int, limit: Int = PatchTracer.vertexLimit) -> Int {
        limit + 6 * (width + 1)
    }

    /// Bytes that tracing takes at most, and what is handed out with them.
    static func memoryBytes(width: Int, limit: Int = PatchTracer.vertexLimit) -> Int {
        let capacity = capacity(width: width, limit: limit)
        let corner = MemoryLayout<Node>.stride + RingSplitter.bytesPerCorner
        // A row has a patch a pixel at most, as the one above.
        let column = 4 * MemoryLayout<End>.stride + 2 * MemoryLayout<Slot>.stride + 16
        return capacity * corner + (width + 1) * column
    }

    /// Takes the next row.
    ///
    /// - Parameters:
    ///   - labels: 255 for no data.
    ///   - squareMetres: of a pixel of this row.
    ///   - emit: takes each patch that is complete, in the order of their first pixels.
    mutating func add(
        _ labels: Span<UInt8>, squareMetres: Double = 0, emit: (Patch) throws -> Void
    ) throws {
        precondition(labels.count == width, "\(labels.count) of \(width) labels")
        if used > limit { chooseCuts() }
        assignPatches(labels, squareMetres: squareMetres)
        trace(labels)
        try close(emit)
        for column in 0..<width { above[column] = labels[column] }
        swap(&patches, &patchesAbove)
        hasCuts = false
        row += 1
    }

    /// Completes the patches that reach the last row.
    mutating func finish(emit: (Patch) throws -> Void) throws {
        let nothing = [UInt8](repeating: MapWriter.nodata, count: width)
        try add(nothing.span, emit: emit)
    }

    /// Marks those open patches that have the most corners, until the rest have half of the limit.
    private mutating func chooseCuts() {
        let order = open.sorted {
            let (one, other) = (slots[Int($0)].corners, slots[Int($1)].corners)
            return one == other ? $0 < $1 : one > other
        }
        var rest = used
        for slot in order where rest > limit / 2 {
            slots[Int(slot)].isCut = true
            rest -= slots[Int(slot)].corners
        }
        hasCuts = true
        cuts += 1
    }
}
