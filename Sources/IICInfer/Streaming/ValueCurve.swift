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
    /// y of each whole number from the first knot to the last; empty unless x is only ever one.
    private var table: [Float] = []

    private static let cellCount = 1024

    /// - Parameter wholeNumbers: whether it will only be asked for whole numbers, of at most 16 bits
    ///   like its knots: these need no search.
    init(x: [Float], y: [Float], wholeNumbers: Bool = false) {
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
        guard wholeNumbers else { return }
        var values = (Int(x[0])...Int(x[x.count - 1])).map(Float.init)
        let valid = [UInt8](repeating: 1, count: values.count)
        do {
            var span = values.mutableSpan
            apply(toBand: 0, of: 1, in: &span, valid: valid.span)
        }
        table = values
    }

    private static func cell(of value: Float, from first: Float, perUnit: Float) -> Int {
        Int(min(max(0, (value - first) * perUnit), Float(cellCount - 1)))
    }

    /// Changes one band of `(pixels, C)` values; pixels that are not valid stay as they are.
    ///
    /// - Parameters:
    ///   - values: finite where valid.
    ///   - valid: one byte a pixel, 0 for invalid.
    func apply(
        toBand band: Int, of channels: Int, in values: inout MutableSpan<Float>,
        valid: Span<UInt8>
    ) {
        // Spans count no references: threads that share a curve would wait for each other's counts.
        let (x, y, slopes, cells) = (x.span, y.span, slopes.span, cells.span)
        let first = x[0]
        let last = y.count - 1
        if !table.isEmpty {
            let table = table.span
            for pixel in 0..<valid.count where valid[pixel] != 0 {
                let index = pixel * channels + band
                let place = Int(values[index] - first)
                values[index] = table[min(max(0, place), table.count - 1)]
            }
            return
        }
        for pixel in 0..<valid.count where valid[pixel] != 0 {
            let index = pixel * channels + band
            let value = values[index]
            let cell = cells[Self.cell(of: value, from: first, perUnit: cellsPerUnit)]
            var (low, high) = (Int(cell.x), Int(cell.y))
            while low < high {
                let middle = (low + high + 1) / 2
                if x[middle] <= value { low = middle } else { high = middle - 1 }
            }
            let rise = max(0, Double(value) - Double(x[low])) * slopes[low]
            // Rounding must not lead beyond the next knot.
            values[index] = min(Float(Double(y[low]) + rise), y[min(low + 1, last)])
        }
    }
}
