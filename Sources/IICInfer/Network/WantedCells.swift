/// Which outputs of a swath anybody will look at, in cells of a few pixels, for the rows that have
/// been read and are still to be computed.
///
/// What reaches no wanted output need not be computed: where a scene holds no data, nothing is.
struct WantedCells {
    /// Pixels a side of a cell.
    private static let height = 4
    private static let width = 8
    /// Rows of cells that are kept: of the rows between the one that is emitted and the last one
    /// read, of ``RowStream/mostInFlight``, and one more where neither begins a cell.
    private static let kept = RowStream.mostInFlight / height + 2

    private let rows: Range<Int>
    private let columns: Range<Int>
    private let copies: Int
    /// Columns that are read of each copy, and the first wanted one among them.
    private let readColumns: Int
    private let firstColumn: Int
    /// Cells side by side, of one copy.
    private let across: Int
    /// `(kept, copies × across)`, rows in turn: 1 where a pixel is wanted.
    private var cells: [UInt8]
    /// Whether any cell of a kept row is wanted.
    private var rowHasAny: [Bool]
    /// The first row that has not been read.
    private var next: Int
    /// Cells of some rows, one upon the other, and how many there are before each.
    private var stacked: [UInt8]
    private var sums: [Int32]

    init(plan: SwathPlan) {
        rows = plan.rows.outputs
        columns = plan.columns.outputs
        copies = plan.copies
        readColumns = plan.columns.inputs.count
        firstColumn = columns.lowerBound - plan.columns.inputs.lowerBound
        across = Self.across(columns.count)
        cells = [UInt8](repeating: 0, count: Self.kept * copies * across)
        rowHasAny = [Bool](repeating: false, count: Self.kept)
        next = plan.rows.inputs.lowerBound
        stacked = [UInt8](repeating: 0, count: copies * across)
        sums = [Int32](repeating: 0, count: copies * across + 1)
    }

    static func bytes(plan: SwathPlan) -> Int {
        plan.copies * across(plan.columns.outputs.count) * (kept + 1 + 4)
    }

    private static func across(_ columns: Int) -> Int { (columns + width - 1) / width }

    /// Takes the marks of rows that were read, `(rows, copies × columns read)`, 0 where an output is
    /// not wanted; rows come in order, each once.
    mutating func add(_ marks: Span<UInt8>, rows read: Range<Int>) {
        precondition(read.lowerBound == next, "rows \(read) after \(next)")
        precondition(marks.count == read.count * copies * readColumns, "\(marks.count) \(read)")
        next = read.upperBound
        for row in rows.clamped(to: read) {
            let place = cellRow(row) % Self.kept
            let start = place * copies * across
            if row == rows.lowerBound || (row - rows.lowerBound).isMultiple(of: Self.height) {
                for cell in start..<start + copies * across { cells[cell] = 0 }
                rowHasAny[place] = false
            }
            for copy in 0..<copies {
                let first =
                    ((row - read.lowerBound) * copies + copy) * readColumns + firstColumn
                for cell in 0..<across {
                    let from = first + cell * Self.width
                    let to = min(from + Self.width, first + columns.count)
                    guard Self.hasAny(marks.extracting(from..<to)) else { continue }
                    cells[start + copy * across + cell] = 1
                    rowHasAny[place] = true
                }
            }
        }
    }

    /// Whether any of a cell's marks is set; all of its width at once, since every pixel of a scene
    /// comes here.
    private static func hasAny(_ marks: Span<UInt8>) -> Bool {
        guard marks.count == width else { return marks.indices.contains { marks[$0] != 0 } }
        return unsafe marks.withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(as: UInt64.self) != 0
        }
    }

    private func cellRow(_ row: Int) -> Int { (row - rows.lowerBound) / Self.height }

    /// The rows of cells that some outputs lie in.
    private func cellRows(_ outputs: Range<Int>) -> Range<Int> {
        guard !outputs.isEmpty else { return 0..<0 }
        return cellRow(outputs.lowerBound)..<cellRow(outputs.upperBound - 1) + 1
    }

    /// Whether any output of some rows is wanted; one that was not read is.
    func contains(_ outputs: Range<Int>) -> Bool {
        outputs.upperBound > next
            || cellRows(outputs).contains { rowHasAny[$0 % Self.kept] }
    }

    /// Which groups of columns reach a wanted output, of those that reach some rows of outputs.
    ///
    /// - Parameter reach: the columns of outputs that each group of one copy reaches.
    /// - Returns: one mark a group, copy by copy; nil if all are wanted.
    mutating func groups(reaching outputs: Range<Int>, columns reach: [Range<Int>]) -> [Bool]? {
        guard outputs.upperBound <= next else { return nil }
        let width = copies * across
        for cell in 0..<width { stacked[cell] = 0 }
        for row in cellRows(outputs) where rowHasAny[row % Self.kept] {
            let start = row % Self.kept * width
            for cell in 0..<width { stacked[cell] |= cells[start + cell] }
        }
        var count: Int32 = 0
        for cell in 0..<width {
            count += Int32(stacked[cell])
            sums[cell + 1] = count
        }
        guard count < width else { return nil }
        var result = [Bool](repeating: false, count: copies * reach.count)
        guard count > 0 else { return result }
        for copy in 0..<copies {
            let first = copy * across
            for (group, reached) in reach.enumerated() where !reached.isEmpty {
                let low = (reached.lowerBound - columns.lowerBound) / Self.width
                let high = (reached.upperBound - 1 - columns.lowerBound) / Self.width + 1
                result[copy * reach.count + group] = sums[first + high] > sums[first + low]
            }
        }
        return result
    }
}
