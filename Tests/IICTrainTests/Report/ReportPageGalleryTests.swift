import IICInfer
import Testing

@testable import IICTrain

@Suite struct ReportPageGalleryTests {
    @Test(arguments: [
        ("maps/m.safetensors", "m.safetensors", "m.safetensors"),
        ("/data/my <m> 50%#1.st", "my%20%3Cm%3E%2050%25%231.st", "'my &lt;m&gt; 50%#1.st'"),
        ("Äcker&\"it's\"", "Äcker&amp;%22it's%22", #"'Äcker&amp;&quot;it'\''s&quot;'"#),
        ("a:b?c", "a:b%3Fc", "'a:b?c'"),
    ])
    func `the link and the command name the gallery beside the model`(
        model: String, link: String, word: String
    ) {
        let line = ReportPage.galleryLine(ofModel: model)
        #expect(line.contains("<a href=\"../\(link).gallery.html\">"), "\(line)")
        // Of a word in quotes the ending is within them.
        let gallery =
            word.hasSuffix("'")
            ? word.dropLast() + ".gallery.html'" : word + ".gallery.html"
        #expect(
            line.contains("<code>iicd legend \(word) --gallery \(gallery) --scene SCENE…</code>"),
            "\(line)")
        #expect(!line.contains("data/"))
    }

    @Test func `bytes that are no text are numbers in the link and are shown in the command`() {
        let line = ReportPage.galleryLine(
            ofModel: "maps/" + String(pathBytes: [0x6D, 0xFC, 0x0A, 0xC3, 0xA4]))
        #expect(line.contains("<a href=\"../m%FC%0A%C3%A4.gallery.html\">"), "\(line)")
        #expect(line.contains(#"'m\xFC\x0Aä.gallery.html'"#), "\(line)")
    }
}
