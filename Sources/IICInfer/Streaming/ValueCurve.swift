/// A curve that rises or stays level, straight between knots, and level beyond the first and the last.
struct ValueCurve: Sendable, Hashable {
    /// Rising without repetition; not empty.
    let x: [Float]
    /// Never falling; one for each of `x`.
    let y: [Float]
    /// How y grows from each knot to the next; 0 for the last.
    private let slopes: [Double]
    /// The first and last knot that the values of a cell may follow. Cells are of equal width, so
    /// finding a value's knot is a division, and a search only where many knots are close together.
    private let cells: [SIMD2<UInt16>]
    private let cellsPerUnit: Float

    private static let cellCount = 1024

    init(x: [Float], y: [Float]) {
        precondition(x.count == y.count && (1...1 << 15).contains(x.count), "\(x.count) \(y.count)")
        precondition(zip(x, x.dropFirst()).allSatisfy { $0 < $1 }, "x does not rise: \(x)")
        precondition(zip(y, y.dropFirst()).allSatisfy { $0 <= $1 }, "y falls: \(y)")
        self.x = x
        self.y = y
        // Doubles: differences of two Floats do not overflow in them.
        slopes =
            x.indices.dropLast().map {
                (Double(y[$0 + 1]) - Double(y[$0])) / (Double(x[$0 + 1]) - Double(x[$0]))
            } + [0]
        let perUnit = Float(Self.cellCount) / (x[x.count - 1] - x[0])
        // One cell where the width is none or beyond all numbers.
        let scale = perUnit.isFinite ? perUnit : 0
        cellsPerUnit = scale
        // `cell` never falls as its value grows, so a value's knot is one of its own cell, or the
        // last one of the cells before.
        let places = x.map { Self.cell(of: $0, from: x[0], perUnit: scale) }
        cells = (0..<Self.cellCount).map { cell in
            let last = (places.lastIndex { $0 <= cell }) ?? 0
            let before = (places.lastIndex { $0 < cell }) ?? 0
            return SIMD2(UInt16(before), UInt16(last))
        }
    }

    private static func cell(of value: Float, from first: Float, perUnit: Float) -> Int {
        Int(min(max(0, (value - first) * perUnit), Float(cellCount - 1)))
    }

    /// - Parameter value: not NaN.
    func callAsFunction(_ value: Float) -> Float {
        let cell = cells[Self.cell(of: value, from: x[0], perUnit: cellsPerUnit)]
        var (low, high) = (Int(cell.x), Int(cell.y))
        while low < high {
            let middle = (low + high + 1) / 2
            if x[middle] <= value { low = middle } else { high = middle - 1 }
        }
        let rise = max(0, Double(value) - Double(x[low])) * slopes[low]
        // Rounding must not lead beyond the next knot.
        return min(Float(Double(y[low]) + rise), y[min(low + 1, y.count - 1)])
    }
}
