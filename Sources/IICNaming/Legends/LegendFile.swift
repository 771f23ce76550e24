package import IICInfer

/// A legend in a file of its own, by the file's ending: `.csv` or `.qml`.
package struct LegendFile {
    private enum Format { case csv, qml }

    /// One class in a file.
    struct Row: Equatable {
        var value: Int
        var name: String
        var colour: [UInt8]
    }

    /// What a file holds that cannot be used, as the end of a sentence.
    struct Problem: Error, Equatable {
        let reason: String
    }

    /// 255 classes of the longest names take a tenth of that.
    private static let mostBytes = 1 << 20

    private let path: String
    private let format: Format

    /// - Throws: ``LegendError`` for another ending.
    package init(_ path: String) throws(LegendError) {
        let name = FileName(path)
        self.path = path
        if name.hasEnding(".csv") {
            format = .csv
        } else if name.hasEnding(".qml") {
            format = .qml
        } else {
            throw LegendError("“\(path)” is no legend's file: its name must end in .csv or .qml.")
        }
    }

    /// - Throws: ``AtomicFileError``.
    package func write(_ legend: Legend) throws(AtomicFileError) {
        switch format {
        case .csv: try AtomicFile.write(LegendCSV.text(legend), to: path)
        case .qml: try AtomicFile.write(QGISStyle.document(legend), to: path)
        }
    }

    /// The legend in the file.
    ///
    /// - Parameter classes: that it must have, each once.
    /// - Throws: ``FileError``, or ``LegendError`` for what is no legend of so many classes.
    package func read(classes: Int) throws -> Legend {
        let file = try InputFile(path)
        guard file.size <= Self.mostBytes else {
            throw LegendError(file: path, "it has \(file.size) bytes, far more than a legend takes")
        }
        let bytes = try file.read(0..<file.size)
        do {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Problem(reason: "it is not UTF-8")
            }
            // Excel begins its files with a mark of the byte order.
            let rest = text.unicodeScalars.first == "\u{FEFF}" ? 1 : 0
            let scalars = Array(text.unicodeScalars.dropFirst(rest))
            return try Self.legend(
                format == .csv ? LegendCSV.rows(scalars) : LegendQML.rows(scalars),
                classes: classes)
        } catch let problem as Problem {
            throw LegendError(file: path, problem.reason)
        }
    }

    private static func legend(_ rows: [Row], classes: Int) throws(Problem) -> Legend {
        var entries = [Legend.Entry?](repeating: nil, count: classes)
        for row in rows {
            guard entries.indices.contains(row.value) else {
                throw Problem(
                    reason: "it has the value \(row.value), and the model's map 0 … \(classes - 1)")
            }
            guard entries[row.value] == nil else {
                throw Problem(reason: "it has the value \(row.value) twice")
            }
            if let problem = Legend.problem(ofName: row.name) {
                throw Problem(reason: "its name of the value \(row.value) \(problem)")
            }
            entries[row.value] = Legend.Entry(name: row.name, colour: row.colour)
        }
        if let missing = entries.firstIndex(of: nil) {
            throw Problem(reason: "it has no class of the value \(missing)")
        }
        return Legend(entries: entries.compactMap(\.self))
    }

    /// A row as texts.
    static func row(value: String, name: String, colour: String) throws(Problem) -> Row {
        guard let number = Int(Legend.trimmed(value)) else {
            throw Problem(reason: "“\(value.prefix(40))” is no class's value")
        }
        guard let parts = Legend.colour(Legend.trimmed(colour)) else {
            throw Problem(
                reason: "the colour of the value \(number) is “\(colour.prefix(40))”, not six "
                    + "hexadecimal digits such as #1f77b4")
        }
        return Row(value: number, name: name, colour: parts)
    }
}
