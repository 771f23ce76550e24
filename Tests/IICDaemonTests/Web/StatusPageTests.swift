import Foundation
import IICInfer
import Testing

@testable import IICDaemon

struct StatusPageTests {
    private let page = StatusPage.document

    @Test func thePolicyAllowsThisScriptAlone() throws {
        for (tag, rule) in [("script", "script-src"), ("style", "style-src")] {
            let parts = page.components(separatedBy: "<\(tag)>")
            #expect(parts.count == 2)
            let content = try #require(parts[1].components(separatedBy: "</\(tag)>").first)
            let digits = SHA256.hex(Array(content.utf8))
            let found = try #require(
                StatusPage.policy.firstMatch(of: try Regex("\(rule) 'sha256-([^']+)'"))?[1]
                    .substring)
            let bytes = try #require(Data(base64Encoded: String(found)))
            #expect(bytes.map { String($0, radix: 16).leftPadded }.joined() == digits)
        }
        #expect(StatusPage.policy.hasPrefix("default-src 'none'"))
        #expect(!StatusPage.policy.contains("unsafe"))
    }

    /// Nothing is fetched from elsewhere, and no text becomes markup.
    @Test func thePageIsOne() {
        for word in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function",
            "style=\"", "onclick=\"", "@import", "url(", "<img", "<iframe", "src=",
        ] {
            #expect(!page.contains(word), "\(word)")
        }
        let addresses = page.matches(of: /https?:\/\/[^'"\s]+/).map { String($0.output) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
    }

    /// What people with a keyboard or a screen reader need.
    @Test func landmarksAndLabelsAreThere() {
        for text in [
            "<html lang=\"en\">", "<header>", "<main", "<aside", "<footer>", "<h1>",
            "role=\"tablist\"",
            "aria-live=\"polite\"", "role=\"alert\"", "class=\"skip\"", "<noscript>",
            "name=\"viewport\"", "prefers-color-scheme", "prefers-reduced-motion", ":focus-visible",
            "ArrowRight", "aria-selected", "EventSource",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        // Each element that the script looks for is there.
        for match in StatusPage.script.matches(of: /byId\("([a-z-]+)"\)/) {
            #expect(StatusPage.markup.contains("id=\"\(match.1)\""), "\(match.1)")
        }
    }
}

extension String {
    fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}
