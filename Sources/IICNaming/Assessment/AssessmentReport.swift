import Foundation
package import IICInfer

/// An assessment as tables for a terminal, and as JSON.
package struct AssessmentReport: Sendable {
    package let assessment: Assessment
    /// Names of the files, without folders.
    package let map: String
    package let reference: String
    private let paths: [String]

    package init(_ assessment: Assessment, map: String, points: String) {
        self.assessment = assessment
        self.map = map.pathName.shown
        reference = points.pathName.shown
        paths = [map, points]
    }

    /// What a page says of exclusions and assumptions: it goes to others, who have other folders.
    var notes: [String] {
        ([assessment.exclusions.sentence].compactMap(\.self) + assessment.notes).map { note in
            paths.reduce(note) { $0.replacing("“\($1)”", with: "“\($1.pathName)”") }
        }
    }

    var estimate: StratifiedEstimate { assessment.estimate }

    /// Names of the classes on one line each.
    var names: [String] { assessment.titles.map { AssessmentError.line($0) } }

    var unit: String { assessment.isInHectares ? "ha" : "pixels" }

    /// An area as tables have it: in whole hectares or pixels, and more exactly where all of the map
    /// is less than 100 hectares.
    func number(_ area: Double) -> String {
        assessment.isInHectares && total < 100
            ? fixed(area, 2) : grouped(Int(area.rounded().clamped(to: 0...0x1p62)))
    }

    private var total: Double {
        (0..<estimate.sizes.count).reduce(0) { $0 + (assessment.mappedArea($1) ?? 0) }
    }

    /// `21,158 ± 6,158`; without the second part where the sample does not tell it.
    func area(_ j: Int) -> String {
        let area = assessment.area(j)
        return number(area.value) + (area.halfWidth.map { " ± \(number($0))" } ?? "")
    }

    /// `0.95 ± 0.02`.
    func accuracy(_ accuracy: Estimate?) -> String {
        guard let accuracy else { return "–" }
        return fixed(accuracy.value, 2) + (accuracy.halfWidth.map { " ± \(fixed($0, 2))" } ?? "")
    }

    /// A row for each class: mapped area, points, user's and producer's accuracy, area.
    var classRows: [[String]] {
        assessment.titles.indices.map { j in
            let isMapped = j < estimate.sizes.count
            return [
                assessment.mappedArea(j).map(number) ?? "–",
                isMapped ? grouped(estimate.points(j)) : "–",
                accuracy(isMapped ? estimate.users(j) : nil), accuracy(estimate.producers(j)),
                area(j),
            ]
        }
    }

    var classHeader: [String] {
        [
            "class", "mapped (\(unit))", "points", "user's accuracy", "producer's accuracy",
            "area (\(unit))",
        ]
    }

    /// Tables for a terminal.
    package var text: String {
        var lines = [
            "\(map) by \(grouped(assessment.points)) points of \(reference)", "",
            "overall accuracy  \(accuracy(estimate.overall))", "",
        ]
        lines += Self.table([classHeader] + zip(names, classRows).map { [$0] + $1 })
        lines += ["", "error matrix, shares of the area (rows: map, columns: reference)"]
        lines += Self.table(
            [["map \\ reference"] + names]
                + estimate.sizes.indices.map { i in
                    [names[i]] + names.indices.map { fixed(estimate.share(i, $0), 4) }
                })
        lines += [
            "",
            "± is half of a 95 % interval (z = 1.96), by Olofsson et al. 2014, equations 1 to 12.",
        ]
        return lines.joined(separator: "\n")
    }

    /// The first column to the left, the others to the right.
    package static func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let blank = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + blank : blank + text
            }.joined(separator: "  ")
        }
    }

    package var json: JSONValue {
        let classes = assessment.titles.indices.map { j -> JSONValue in
            var members: [String: JSONValue] = [
                "name": .string(assessment.titles[j]), "area": Self.json(assessment.area(j)),
                "areaShare": Self.json(estimate.areaShare(j)),
                "producersAccuracy": Self.json(estimate.producers(j)),
            ]
            if j < estimate.sizes.count {
                let stratum = assessment.strata.strata[j]
                members["value"] = .integer(Int(stratum.value))
                members["pixels"] = .integer(stratum.pixels)
                members["mappedArea"] = assessment.mappedArea(j).map { .number($0) }
                members["points"] = .integer(estimate.points(j))
                members["usersAccuracy"] = Self.json(estimate.users(j))
            }
            return .object(members)
        }
        return [
            "points": .integer(assessment.points), "overallAccuracy": Self.json(estimate.overall),
            "unit": .string(assessment.isInHectares ? "hectares" : "pixels"),
            "classes": .array(classes),
            "counts": .array(
                estimate.counts.map { row in .array(row.map { .integer($0) }) }),
            "shares": .array(
                estimate.sizes.indices.map { i in
                    .array(names.indices.map { .number(estimate.share(i, $0)) })
                }),
            "excluded": .object(
                Dictionary(
                    uniqueKeysWithValues: assessment.exclusions.list.map {
                        ($0.reason.rawValue, .integer($0.count))
                    })),
            "notes": .array(assessment.notes.map { .string($0) }),
        ]
    }

    private static func json(_ estimate: Estimate?) -> JSONValue {
        guard let estimate else { return .null }
        return [
            "estimate": .number(estimate.value),
            "standardError": estimate.standardError.map { .number($0) } ?? .null,
            "halfWidth": estimate.halfWidth.map { .number($0) } ?? .null,
        ]
    }
}

extension Double {
    fileprivate func clamped(to limits: ClosedRange<Double>) -> Double {
        self > limits.lowerBound ? Swift.min(self, limits.upperBound) : limits.lowerBound
    }
}
