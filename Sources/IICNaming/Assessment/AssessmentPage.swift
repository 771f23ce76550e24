import IICInfer

/// An assessment on one page.
extension AssessmentReport {
    /// The page, with the same bytes for the same map and points.
    package var page: String {
        Page(
            title: "\(map): assessment", heading: map,
            line: "by \(grouped(assessment.points)) points of \(escaped(reference))",
            cards: [
                ("overall accuracy", accuracy(estimate.overall)),
                ("points", grouped(assessment.points)),
                ("classes", "\(assessment.strata.strata.count)"),
                (
                    assessment.isInHectares ? "hectares mapped" : "pixels mapped",
                    number(
                        estimate.sizes.indices.reduce(0) {
                            $0 + (assessment.mappedArea($1) ?? 0)
                        })
                ),
            ],
            sections: [
                ("Taken for granted", noteList), ("Classes and their areas", classTable),
                ("Error matrix", matrixTable), ("Points", countTable), ("How", method),
            ], isWide: true
        ).html
    }

    private var noteList: String {
        notes.map { "<p class=\"warn\">\(escaped($0.shown))</p>" }.joined()
    }

    /// A class's name with its colour, as HTML.
    private func title(_ j: Int) -> String {
        let colour =
            j < assessment.strata.strata.count ? assessment.strata.strata[j].colour : nil
        return (colour.map { "<i style=\"background:\(css($0))\"></i>" } ?? "")
            + escaped(names[j].shown)
    }

    private var classTable: String {
        PageTable(
            name: "Accuracy and area of the classes",
            note: "User's accuracy: of what is mapped as a class, the share that is truly of it. "
                + "Producer's accuracy: of what is truly of a class, the share that is mapped as it. "
                + "The area is what the points make of the map's; ± is half of a 95 % interval.",
            header: classHeader,
            rows: zip(names.indices, classRows).map { (title($0), $1.map { escaped($0) }) }
        ).html
    }

    private var matrixTable: String {
        PageTable(
            name: "Error matrix in shares of the area",
            note: "Shares of the area; rows are the map's classes, columns the true ones.",
            header: ["map \\ reference"] + names.map(\.shown) + ["all"],
            rows: estimate.sizes.indices.map { i in
                (
                    title(i),
                    names.indices.map { fixed(estimate.share(i, $0), 4) }
                        + [fixed(estimate.weight(i), 4)]
                )
            }
                + [
                    (
                        "all",
                        names.indices.map { fixed(estimate.areaShare($0).value, 4) } + ["1.0000"]
                    )
                ]
        ).html
    }

    private var countTable: String {
        PageTable(
            name: "Points by mapped and true class",
            note: "Points; rows are the map's classes, columns the true ones.",
            header: ["map \\ reference"] + names.map(\.shown) + ["all"],
            rows: estimate.sizes.indices.map { i in
                (
                    title(i),
                    estimate.counts[i].map { grouped($0) } + [grouped(estimate.points(i))]
                )
            }
        ).html
    }

    private var method: String {
        """
        <p>The map's classes are the strata of the sample. Estimates and their standard errors are those \
        of equations 1 to 12 of Olofsson et al., Good practices for estimating area and assessing \
        accuracy of land change, Remote Sensing of Environment 148 (2014); intervals have z = 1.96.</p>
        """
    }
}
