package import IICInfer

/// What was drawn, as a table for a terminal and as JSON.
package struct SampleReport: Sendable {
    package let strata: MapStrata
    package let allocation: SampleAllocation
    package let seed: UInt64
    /// Paths.
    package let map: String
    package let sample: String

    package init(
        strata: MapStrata, allocation: SampleAllocation, seed: UInt64, map: String, sample: String
    ) {
        self.strata = strata
        self.allocation = allocation
        self.seed = seed
        self.map = map
        self.sample = sample
    }

    /// What every class's user's accuracy is taken for where an interval is foretold.
    private static let accuracy = 0.8

    private var expected: Double {
        allocation.standardError(sizes: strata.sizes, accuracy: Self.accuracy)
    }

    package var text: String {
        let all = strata.sizes.reduce(0, +)
        var lines = [
            "\(sample.pathName.shown)  \(grouped(allocation.total)) points of "
                + "\(map.pathName.shown), seed \(seed)", "",
        ]
        lines += AssessmentReport.table(
            [["class", "number", "pixels", "share", "points"]]
                + strata.strata.indices.map { i in
                    [
                        AssessmentError.line(strata.title(i)), "\(strata.strata[i].value)",
                        grouped(strata.strata[i].pixels),
                        percent(strata.sizes[i] / all, digits: 1), grouped(allocation.counts[i]),
                    ]
                })
        lines += [
            "",
            "\(allocation.least) points for each rare class, the others in proportion to area "
                + "(Olofsson et al. 2014, section 5).",
            "Where \(percent(Self.accuracy, digits: 0)) of each class are right, overall accuracy will "
                + "be known to ± \(fixed(Estimate.z * expected, 2)).",
            "Next: iicd assess \(map.shown) --label SCENE --points \(sample.shown), or give each point "
                + "its true class in the field “\(MapSample.field)”, without looking at the map.",
        ]
        return lines.joined(separator: "\n")
    }

    package var json: JSONValue {
        [
            "path": .string(sample), "points": .integer(allocation.total), "seed": .unsigned(seed),
            "least": .integer(allocation.least),
            "expectedStandardError": .number(expected),
            "classes": .array(
                strata.strata.enumerated().map { index, stratum in
                    [
                        "value": .integer(Int(stratum.value)), "name": .string(stratum.name),
                        "pixels": .integer(stratum.pixels),
                        "points": .integer(allocation.counts[index]),
                    ]
                }),
        ]
    }
}
