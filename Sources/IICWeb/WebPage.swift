import Foundation
import IICInfer

/// One document with its style and script, which fetches nothing from elsewhere.
package struct WebPage: Sendable {
    package let document: String
    /// Nothing runs but this very script, whatever a file's name may hold.
    package let policy: String

    package init(title: String, style: String, markup: String, script: String) {
        document = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <link rel="icon" href="data:image/svg+xml,\(Self.icon)">
            <style>\(style)</style>
            </head>
            <body>
            \(markup)
            <script>\(script)</script>
            </body>
            </html>

            """
        policy = [
            "default-src 'none'",
            "script-src 'sha256-\(Self.digest(script))'",
            "style-src 'sha256-\(Self.digest(style))'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    package var reply: WebReply {
        WebReply(type: "text/html; charset=utf-8", text: document)
            .with("Content-Security-Policy", policy)
    }

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
