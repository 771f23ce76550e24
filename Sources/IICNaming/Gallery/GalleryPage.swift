import Foundation
package import IICInfer

/// A gallery on one page: it needs nothing but itself, and no network.
package struct GalleryPage {
    /// The model's path.
    var model: String
    var gallery: Gallery
    var chips: GalleryChips

    /// - Parameters:
    ///   - settings: of the job that the gallery was made with.
    /// - Throws: what reading scenes throws, or ``Interrupted``.
    package init(
        _ gallery: Gallery, model: String, settings: SegmentSettings,
        isCancelled: () -> Bool = { false }
    ) throws {
        self.model = model
        self.gallery = gallery
        chips = try GalleryChips(
            of: gallery,
            painter: { index in
                let scene = gallery.scenes[index]
                let reader = try SceneReader(
                    path: scene.path, roles: gallery.roles, bands: settings.bands)
                // Samples as they lie are other values than those that this reader has.
                return try ChipPainter(
                    reader, stretch: settings.samples == .raw ? nil : scene.stretch)
            }, isCancelled: isCancelled)
    }

    package var html: String {
        let name = model.pathName.shown
        return Page(
            title: "\(name): gallery", heading: name, line: escaped(line), cards: cards,
            sections: [
                ("Classes", overview), ("What was looked at", scenes),
                ("Each class", chooser + articles),
            ], isWide: true, style: Self.style
        ).html
    }

    private var line: String {
        let all = gallery.scenes.reduce(0) { $0 + $1.width * $1.height }
        let seen = gallery.scenes.reduce(0) { $0 + $1.pixels }
        let count = gallery.scenes.count
        let what = count == 1 ? gallery.scenes[0].path.pathName.shown : "\(count) scenes"
        guard gallery.scenes.contains(where: { !$0.isWhole }) else {
            return "The model's classes on \(what): all \(grouped(all)) pixels."
        }
        let windows = gallery.scenes.reduce(0) { $0 + $1.windows }
        return """
            The model's classes on \(what): a sample of \(windows) windows with \(grouped(seen)) of \
            \(grouped(all)) pixels, drawn with seed \(gallery.seed). Shares and means are estimates.
            """
    }

    private var cards: [(name: String, value: String)] {
        let margin = gallery.classes.reduce(0) { $0 + $1.margin * Double($1.pixels) }
        return [
            ("classes", "\(gallery.classes.count)"),
            ("pixels looked at", grouped(gallery.pixels)),
            ("mean margin", percent(margin / Double(max(1, gallery.pixels)), digits: 0)),
        ]
    }

    /// The share of a class among all pixels.
    func share(_ value: Int) -> Double {
        Double(gallery.classes[value].pixels) / Double(max(1, gallery.pixels))
    }

    func colour(_ value: Int) -> [UInt8] { gallery.legend.entries[value].colour }

    func name(_ value: Int) -> String { escaped(gallery.legend.entries[value].name) }

    /// A class's name behind its colour, as a link to what is said of it.
    func link(_ value: Int) -> String {
        "<a href=\"#class-\(value)\"><i style=\"background:\(css(colour(value)))\"></i>"
            + "\(name(value))</a>"
    }

    /// A bar that is as long as a share.
    func bar(_ share: Double, _ colour: [UInt8]) -> String {
        "<span class=\"bar\" aria-hidden=\"true\"><b style=\"width:\(fixed(share * 100, 1))%;"
            + "background:\(css(colour))\"></b></span>"
    }

    func spread(_ spread: Spread, digits: Int) -> String {
        fixed(spread.mean, digits) + " ± " + fixed(spread.deviation, digits)
    }

    private var overview: String {
        let hasVegetation = gallery.classes.contains { $0.vegetation != nil }
        var rows =
            "<tr><th scope=\"col\">value</th><th scope=\"col\">class</th>"
            + "<th scope=\"col\">share</th><td class=\"length\"></td>"
            + (hasVegetation ? "<th scope=\"col\">NDVI</th>" : "")
            + "<th scope=\"col\">margin</th></tr>"
        for value in gallery.classes.indices {
            let found = gallery.classes[value]
            rows +=
                "<tr><td>\(value)</td><th scope=\"row\">\(link(value))</th>"
                + "<td>\(percent(share(value), digits: 1))</td>"
                + "<td class=\"length\">\(bar(share(value), colour(value)))</td>"
                + (hasVegetation
                    ? "<td>\(found.vegetation.map { spread($0, digits: 2) } ?? "–")</td>" : "")
                + "<td>\(found.pixels > 0 ? percent(found.margin, digits: 0) : "–")</td></tr>"
        }
        return "<div class=\"scroll\"><table class=\"plain shares\">\(rows)</table></div>"
            + "<p>The margin is by how much a pixel's class is more probable than the next one: "
            + "the higher, the surer the model is, right or not."
            + (hasVegetation
                ? " NDVI is (infrared − red) / (infrared + red) of the scene's values as they are "
                    + "stored." : "")
            + "</p>"
    }

    private var scenes: String {
        let shown = gallery.scenes.filter { $0.image != nil }.map { scene in
            let name = escaped(scene.path.pathName.shown)
            let what =
                scene.isWhole ? "all of it" : "\(scene.windows) windows as they lie on the ground"
            return """
                <figure><img src="\(GalleryChips.text(scene.image ?? []))" alt="\(name) in true colour">\
                <figcaption>\(name), \(grouped(scene.width)) × \(grouped(scene.height)) pixels: \
                \(what)</figcaption></figure><figure><img src="\(GalleryChips.text(scene.map ?? []))" \
                alt="The map of \(name)"><figcaption>its classes</figcaption></figure>
                """
        }
        let rest = gallery.scenes.count - shown.count
        let key = gallery.classes.indices.map { "<li>\(link($0))</li>" }.joined()
        let kind = shown.count > 2 ? "maps small" : "maps"
        return "<ul class=\"key\">\(key)</ul>"
            + shown.map { "<div class=\"\(kind)\">\($0)</div>" }.joined()
            + (rest > 0 ? "<p>Not shown here: \(grouped(rest)) more scenes.</p>" : "")
    }
}
