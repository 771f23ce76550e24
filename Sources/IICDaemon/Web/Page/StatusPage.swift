import Foundation
import IICInfer

/// The page: one document that asks the API for all that it shows.
enum StatusPage {
    static let reply: WebReply = WebReply(type: "text/html; charset=utf-8", text: document)
        .with("Content-Security-Policy", policy)

    static let document = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>iicd</title>
        <link rel="icon" href="data:image/svg+xml,\(icon)">
        <style>\(style)</style>
        </head>
        <body>
        \(markup)
        <script>\(script)</script>
        </body>
        </html>

        """

    /// Nothing runs but this very script, whatever a file's name may hold.
    static let policy = [
        "default-src 'none'",
        "script-src 'sha256-\(digest(script))'",
        "style-src 'sha256-\(digest(style))'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static let script = [tools, drawing, charts, jobs, lists, following].joined(separator: "\n")

    private static func digest(_ text: String) -> String {
        let digits = Array(SHA256.hex(Array(text.utf8)).utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return Data(bytes).base64EncodedString()
    }

    /// Four fields, as an SVG in an address.
    private static let icon =
        "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'%3E"
        + "%3Cpath fill='%230072b2' d='M0 0h2v2H0z'/%3E%3Cpath fill='%23009e73' d='M2 0h2v3H2z'/%3E"
        + "%3Cpath fill='%23e69f00' d='M0 2h2v2H0z'/%3E%3Cpath fill='%23cc79a7' d='M2 3h2v1H2z'/%3E"
        + "%3C/svg%3E"
}
