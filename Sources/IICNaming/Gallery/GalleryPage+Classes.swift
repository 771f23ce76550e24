import Foundation
import IICInfer

/// One part of the page for each class.
extension GalleryPage {
    /// Whether chips show true colour or infrared: two buttons that need no script.
    var chooser: String {
        guard chips.hasInfrared else { return "" }
        return """
            <input type="radio" name="chips" id="chips-true" checked><label for="chips-true">Chips \
            in true colour</label><input type="radio" name="chips" id="chips-infrared">\
            <label for="chips-infrared">in infrared: plants are red</label>
            """
    }

    var articles: String {
        let chart = SpectrumChart(
            roles: gallery.roles,
            spectra: gallery.classes.filter { $0.pixels > 0 }.map(\.spectrum))
        let all = gallery.classes.indices.map { article($0, chart) }.joined(separator: "\n")
        return "<div class=\"classes\">\(all)</div>"
    }

    private func article(_ value: Int, _ chart: SpectrumChart) -> String {
        let found = gallery.classes[value]
        let head = """
            <article id="class-\(value)" aria-labelledby="name-\(value)">\
            <h3 id="name-\(value)"><i style="background:\(css(colour(value)))"></i>\(name(value)) \
            <small>value \(value)</small></h3>
            """
        guard found.pixels > 0 else {
            return head + "<p class=\"empty\">No pixel of what was looked at is of this class.</p>"
                + "</article>"
        }
        var facts = [
            ("share", percent(share(value), digits: 1)),
            ("margin", percent(found.margin, digits: 0)),
        ]
        if let vegetation = found.vegetation {
            facts.append(("NDVI", spread(vegetation, digits: 2)))
        }
        let list = facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }.joined()
        return head + "<div class=\"class\"><div class=\"facts\"><dl>\(list)</dl>"
            + chart.html(found.spectrum, colour: colour(value))
            + neighbours(found) + "</div><div class=\"places\">"
            + row("Typical", found.typical, value) + row("Doubtful", found.doubtful, value)
            + "</div></div></article>"
    }

    private func neighbours(_ found: Gallery.Class) -> String {
        guard !found.neighbours.isEmpty else { return "<p>It borders on no other class.</p>" }
        let rows = found.neighbours.prefix(4).map {
            "<tr><th scope=\"row\">\(link($0.value))</th><td>\(percent($0.share, digits: 0))</td>"
                + "<td class=\"length\">\(bar($0.share, colour($0.value)))</td></tr>"
        }.joined()
        return "<table class=\"next\"><caption>Neighbours, by the length of borders</caption>"
            + rows + "</table>"
    }

    private func row(_ title: String, _ places: [ClassPlace], _ value: Int) -> String {
        guard !places.isEmpty else { return "" }
        let figures = places.compactMap { place -> String? in
            guard let chip = chips[place] else { return nil }
            let scene = escaped(gallery.scenes[place.scene].path.pathName.shown)
            let at = "column \(place.x), row \(place.y)"
            let what = "\(title) place of \(name(value)), \(scene), \(at)"
            func image(_ data: String, _ kind: String, _ words: String) -> String {
                "<img class=\"\(kind)\" src=\"\(data)\" width=\"144\" height=\"144\" "
                    + "loading=\"lazy\" alt=\"\(what), in \(words)\">"
            }
            return "<figure title=\"\(scene), \(at), from 0\">"
                + image(chip.trueColour, "true", "true colour")
                + (chip.infrared.map { image($0, "infrared", "infrared") } ?? "")
                + "<figcaption>margin \(percent(Double(place.margin) / 65_535, digits: 0))"
                + "</figcaption></figure>"
        }
        return "<h4>\(title)</h4><div class=\"chips\">\(figures.joined())</div>"
    }

    static let style = """

        a { color: inherit; text-decoration: none; }
        a:hover { text-decoration: underline; }
        h3 { font-size: 18px; margin: 0 0 12px; overflow-wrap: anywhere; }
        h3 small { color: var(--soft); font-size: 13px; font-weight: 400; margin-left: 6px; }
        h3 i { width: 15px; height: 15px; vertical-align: -2px; }
        h4 { font-size: 13.5px; font-weight: 500; color: var(--soft); margin: 0 0 6px; }
        i { outline: 1px solid var(--rule); }
        .shares td { white-space: nowrap; overflow-wrap: normal; }
        .shares td:first-child { text-align: right; }
        .shares th[scope="row"] { color: var(--ink); overflow-wrap: anywhere; min-width: 84px; }
        @media (max-width: 560px) { .shares .length { display: none; } }
        .small { display: inline-flex; width: 470px; max-width: 100%; margin-right: 18px; }
        .small figure { flex: 1 1 140px; }
        .length { width: 170px; min-width: 80px; }
        .bar { display: block; height: 9px; border-radius: 3px; background: var(--box);
          overflow: hidden; }
        .bar b { display: block; height: 100%; }
        article { border-top: 1px solid var(--rule); padding: 18px 0 22px; }
        .class { display: grid; grid-template-columns: minmax(0, 330px) minmax(0, 1fr);
          gap: 18px 34px; }
        @media (max-width: 800px) { .class { grid-template-columns: minmax(0, 1fr); } }
        dl { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 0 0 12px; }
        dt { color: var(--soft); font-size: 12.5px; }
        dd { margin: 0; font-size: 17px; font-variant-numeric: tabular-nums; }
        .others { fill: none; stroke: var(--soft); stroke-width: 1; opacity: 0.35; }
        .spread { opacity: 0.25; }
        .next { margin-top: 12px; width: 100%; }
        .next caption { text-align: left; color: var(--soft); font-size: 13.5px;
          padding-bottom: 3px; }
        .next th { color: var(--ink); overflow-wrap: anywhere; padding: 2px 12px 2px 0; }
        .next td { padding: 2px 12px 2px 0; white-space: nowrap; }
        .chips { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr));
          gap: 8px; margin-bottom: 14px; max-width: 680px; }
        .chips img { display: block; width: 100%; height: auto; border-radius: 4px;
          background: var(--box); }
        @media (max-width: 560px) { .chips { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
        .chips figcaption { color: var(--soft); font-size: 12px; margin-top: 2px; }
        .chips .infrared, #chips-infrared:checked ~ .classes .true { display: none; }
        #chips-infrared:checked ~ .classes .infrared { display: block; }
        input + label { margin-right: 18px; font-size: 13.5px; }
        .classes { margin-top: 14px; }
        """
}
