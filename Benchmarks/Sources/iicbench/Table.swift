import Foundation

/// Prints a line of a table; a negative width is that of a column of words, flush left.
func show(_ columns: String..., widths: [Int]) {
    let cells = zip(columns, widths).map { cell, width in
        let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
        return width < 0 ? cell + space : space + cell
    }
    print(cells.joined())
}

/// At most so many digits after the point.
func text(_ value: Double, _ digits: Int) -> String {
    value.formatted(
        .number.precision(.fractionLength(0...digits)).grouping(.never)
            .locale(Locale(identifier: "en")))
}
