/// A table of numbers that a screen reader can follow.
package struct PageTable {
    /// For those who do not see it.
    package var name: String
    /// Above it.
    package var note: String
    package var header: [String]
    /// The first cell of each row names it; all are HTML.
    package var rows: [(name: String, cells: [String])]

    package init(
        name: String, note: String, header: [String], rows: [(name: String, cells: [String])]
    ) {
        self.name = name
        self.note = note
        self.header = header
        self.rows = rows
    }

    package var html: String {
        let head = header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr><th scope=\"row\" class=\"name\">\(row.name)</th>"
                + row.cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<p>\(escaped(note))</p><div class=\"scroll\">"
            + "<table class=\"scores\" aria-label=\"\(escaped(name))\">"
            + "<thead><tr>\(head)</tr></thead><tbody>\(body.joined())</tbody></table></div>"
    }
}
