import IICWeb

/// The page: one document that asks the API for all that it shows.
enum LabellingPage {
    static let page = WebPage(title: "iicd", style: style, markup: markup, script: script)

    static let script = [
        WebPage.tools, pictures, talking, chips, answering, classes, history, scene, sceneMoves,
        ending,
        keys, showing,
    ].joined(separator: "\n")
}
