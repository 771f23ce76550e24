import IICWeb

/// The page: one document that asks the API for all that it shows.
enum StatusPage {
    private static let page = WebPage(title: "iicd", style: style, markup: markup, script: script)

    static var reply: WebReply { page.reply }
    static var document: String { page.document }
    static var policy: String { page.policy }

    static let script = [WebPage.tools, tools, drawing, charts, jobs, lists, following]
        .joined(separator: "\n")
}
