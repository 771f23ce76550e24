import IICWeb
import Testing

@testable import IICNaming

struct LabellingPageTests {
    private let page = LabellingPage.page.document

    /// Nothing is fetched from elsewhere, and no text becomes markup.
    @Test func thePageIsOne() {
        for word in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function", "style=\"", "onclick=\"", "@import", "url(", "<img", "<iframe",
            " src=",
        ] {
            #expect(!page.contains(word), "\(word)")
        }
        let addresses = page.matches(of: /https?:\/\/[^'"\s]+/).map { String($0.output) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
        #expect(LabellingPage.page.policy.hasPrefix("default-src 'none'"))
        #expect(!LabellingPage.page.policy.contains("unsafe"))
    }

    /// What people with a keyboard or a screen reader need.
    @Test func landmarksAndLabelsAreThere() {
        for text in [
            "<html lang=\"en\">", "<header>", "<main", "<h1>", "role=\"status\"", "role=\"alert\"",
            "class=\"skip\"", "<noscript>", "name=\"viewport\"", "prefers-color-scheme",
            "prefers-reduced-motion", ":focus-visible", "ArrowRight", "aria-pressed",
            "aria-checked", "<dialog", "role=\"progressbar\"",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        // Each element that the script looks for is there.
        for match in LabellingPage.script.matches(of: /byId\("([a-z-]+)"\)/) {
            #expect(LabellingPage.markup.contains("id=\"\(match.1)\""), "\(match.1)")
        }
    }

    /// A key that answers with a class is no command.
    @Test func keysMeanOneThing() throws {
        let letters = try #require(
            LabellingPage.classes.firstMatch(of: /classKeys = \[\.\.\."([a-z0-9]+)"\]/)?.1)
        #expect(Set(letters).count == letters.count && letters.count > 20)
        for letter in letters {
            #expect(!LabellingPage.keys.contains(" \(letter): "), "\(letter)")
        }
        for command in ["m", "n", "s", "u", "b", "v", "d", "z", "g"] {
            #expect(LabellingPage.keys.contains(" \(command): "), "\(command)")
        }
    }

    /// All that the script asks for is answered.
    @Test func addressesAreRoutes() {
        let routes = Set(LabellingRoute.all.map(\.path))
        let asked = LabellingPage.script.matches(of: /\/api\/[a-z]+/).map { String($0.output) }
        #expect(Set(asked).isSubset(of: routes) && Set(asked).count > 6)
    }
}
