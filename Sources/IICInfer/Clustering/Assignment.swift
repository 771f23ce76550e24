/// Pairs rows with columns so that the sum of the values paired is the largest.
///
/// Works on rectangles: as many pairs as the shorter side has. Cost O(n²·m).
/// Source: Kuhn, *The Hungarian method* (1955), in the shortest-path form of Jonker and Volgenant
/// (1987).
///
/// - Parameter values: `(rows, columns)`, row-major; sums of n of them must fit in an `Int`.
/// - Returns: the column of each row, or nil.
package func bestAssignment(values: [Int], rows: Int, columns: Int) -> [Int?] {
    precondition(values.count == rows * columns, "\(values.count) \(rows) \(columns)")
    guard rows > 0, columns > 0 else { return Array(repeating: nil, count: rows) }
    guard rows <= columns else {
        let transposed = (0..<columns).flatMap { c in (0..<rows).map { values[$0 * columns + c] } }
        var result = [Int?](repeating: nil, count: rows)
        let pairs = bestAssignment(values: transposed, rows: columns, columns: rows)
        for (column, row) in pairs.enumerated() {
            if let row { result[row] = column }
        }
        return result
    }
    // Rows and columns count from 1; column 0 holds the row being placed.
    var rowPrice = [Int](repeating: 0, count: rows + 1)
    var columnPrice = [Int](repeating: 0, count: columns + 1)
    var rowOfColumn = [Int](repeating: 0, count: columns + 1)
    for row in 1...rows {
        var least = [Int](repeating: .max, count: columns + 1)
        var came = [Int](repeating: 0, count: columns + 1)
        var done = [Bool](repeating: false, count: columns + 1)
        rowOfColumn[0] = row
        var column = 0
        repeat {
            done[column] = true
            let current = rowOfColumn[column]
            var step = Int.max
            var next = 0
            for other in 1...columns where !done[other] {
                let cost =
                    -values[(current - 1) * columns + other - 1] - rowPrice[current]
                    - columnPrice[other]
                if cost < least[other] {
                    least[other] = cost
                    came[other] = column
                }
                if least[other] < step {
                    step = least[other]
                    next = other
                }
            }
            for other in 0...columns {
                if done[other] {
                    rowPrice[rowOfColumn[other]] += step
                    columnPrice[other] -= step
                } else if least[other] != .max {
                    least[other] -= step
                }
            }
            column = next
        } while rowOfColumn[column] != 0
        while column != 0 {
            rowOfColumn[column] = rowOfColumn[came[column]]
            column = came[column]
        }
    }
    var result = [Int?](repeating: nil, count: rows)
    for column in 1...columns where rowOfColumn[column] > 0 {
        result[rowOfColumn[column] - 1] = column - 1
    }
    return result
}
