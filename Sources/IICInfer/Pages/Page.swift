/// The frame that all pages have: one file that needs nothing but itself, and no network.
package struct Page {
    /// Of the window.
    package var title: String
    package var heading: String
    /// Below the heading, as HTML.
    package var line: String
    /// The numbers that matter most.
    package var cards: [(name: String, value: String)]
    /// Titles and HTML; those without any are left out.
    package var sections: [(title: String, html: String)]
    /// Whether all sections are as wide as the page.
    package var isWide = false
    /// Rules of its own, after those that all pages have.
    package var style = ""

    package init(
        title: String, heading: String, line: String, cards: [(name: String, value: String)],
        sections: [(title: String, html: String)], isWide: Bool = false, style: String = ""
    ) {
        self.title = title
        self.heading = heading
        self.line = line
        self.cards = cards
        self.sections = sections
        self.isWide = isWide
        self.style = style
    }

    package var html: String {
        let shown = sections.filter { !$0.html.isEmpty }
            .map { "<section><h2>\(escaped($0.title))</h2>\($0.html)</section>" }
        let kind = isWide ? " class=\"wide\"" : ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <style>\(Self.style)\(style)</style>
            </head>
            <body>
            <header>
            <h1>\(escaped(heading))</h1>
            <p>\(line)</p>
            </header>
            \(cardRow)
            <main\(kind)>
            \(shown.joined(separator: "\n"))
            </main>
            <footer>iicd \(escaped(Software.version))</footer>
            </body>
            </html>

            """
    }

    private var cardRow: String {
        guard !cards.isEmpty else { return "" }
        return "<div class=\"cards\">"
            + cards.map { "<div><b>\(escaped($0.value))</b><span>\(escaped($0.name))</span></div>" }
            .joined() + "</div>"
    }
}
