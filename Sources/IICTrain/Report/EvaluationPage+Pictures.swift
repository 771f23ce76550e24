import Foundation
import IICInfer

/// Where labels and truth differ, and both side by side.
extension EvaluationPage {
    private static let right: [Int] = [143, 170, 152]
    private static let wrong: [Int] = [200, 30, 38]
    /// More names are no key.
    private static let mostNames = 40

    var pictures: String {
        guard let first = samples.first else { return "" }
        guard samples.count == 1 else { return tileTable + errorKey + classKey }
        return "<div class=\"maps\">\(figure(errors(first), "right and wrong"))</div>\(errorKey)"
            + "<div class=\"maps\">\(figure(foundClasses(first), "found"))"
            + "\(figure(trueClasses(first), "true"))</div>\(classKey)"
    }

    private var tileTable: String {
        let rows = samples.map { tile in
            "<tr><th scope=\"row\">\(escaped(tile.name))</th><td>\(errors(tile))</td>"
                + "<td>\(foundClasses(tile))</td><td>\(trueClasses(tile))</td></tr>"
        }
        let header = ["tile", "right and wrong", "found", "true"]
            .map { "<th scope=\"col\">\($0)</th>" }
        return "<div class=\"scroll\"><table class=\"tiles\"><thead><tr>\(header.joined())</tr>"
            + "</thead><tbody>\(rows.joined())</tbody></table></div>"
    }

    private func figure(_ picture: String, _ caption: String) -> String {
        "<figure>\(picture)<figcaption>\(caption)</figcaption></figure>"
    }

    /// The redder, the more of a pixel's samples are wrong.
    private func errors(_ samples: EvaluationSamples) -> String {
        let share = percent(1 - report.measures.accuracy, digits: 1)
        return picture(
            samples,
            "Errors of \(samples.name) in red, what is right in grey; in all, \(share) of the "
                + "compared pixels are wrong."
        ) { x, y in
            let (known, wrong) = samples.errors(x, y, match: match)
            guard known > 0 else { return nil }
            return zip(Self.right, Self.wrong).map { good, bad in
                UInt8((good * (known - wrong) + bad * wrong + known / 2) / known)
            }
        }
    }

    private func foundClasses(_ samples: EvaluationSamples) -> String {
        picture(samples, "Found classes of \(samples.name)") { x, y in
            samples.label(x, y).flatMap { $0 < found.count ? found[$0].colour : nil }
        }
    }

    private func trueClasses(_ samples: EvaluationSamples) -> String {
        picture(samples, "True classes of \(samples.name)") { x, y in
            samples.trueClass(x, y).flatMap { $0 < report.classes.count ? trueColour($0) : nil }
        }
    }

    /// - Parameter colour: of a pixel; nil where there is nothing to show.
    private func picture(
        _ samples: EvaluationSamples, _ what: String, colour: (Int, Int) -> [UInt8]?
    ) -> String {
        var picture = Picture(width: samples.width, height: samples.height)
        for y in 0..<samples.height {
            for x in 0..<samples.width {
                if let colour = colour(x, y) { picture.set(y * samples.width + x, colour) }
            }
        }
        // The numbers of the page are worth having without its pictures.
        guard let png = try? picture.png else { return "This picture could not be drawn." }
        return "<img alt=\"\(escaped(what))\" width=\"\(samples.width)\" "
            + "height=\"\(samples.height)\" src=\"data:image/png;base64,"
            + "\(Data(png).base64EncodedString())\">"
    }

    private var errorKey: String {
        let (right, wrong) = (Self.right.map { UInt8($0) }, Self.wrong.map { UInt8($0) })
        return "<ul class=\"key\"><li>\(Self.patch(right))right</li>"
            + "<li>\(Self.patch(wrong))wrong</li>"
            + "<li><i class=\"blank\"></i>no label or no truth</li></ul>"
    }

    /// True classes in the colours of the found ones that stand for them.
    private var classKey: String {
        let present = report.classes.indices.filter { report.classes[$0].pixels > 0 }
        guard present.count <= Self.mostNames else { return "" }
        let known = present.map { "<li>\(Self.patch(trueColour($0)))\(name(ofTrue: $0))</li>" }
        let others = report.confusion.indices.filter { value in
            report.confusion[value].contains { $0 > 0 }
                && !(match[value].map(present.contains) ?? false)
        }
        let rest =
            others.count > Self.mostNames
            ? []
            : others.map {
                "<li>\(Self.patch(found[$0].colour))\(escaped(foundName($0))), which stands for "
                    + "none</li>"
            }
        return "<ul class=\"key\">\((known + rest).joined())</ul>"
    }

    private func name(ofTrue known: Int) -> String {
        let score = report.classes[known]
        return escaped(score.name)
            + (score.match.map { ", found as \(escaped(foundName($0)))" } ?? ", not found")
    }
}
