import IICInfer
import Testing

@testable import IICTrain

@Suite struct TruthMatchingTests {
    @Test func `the archive's truths find their scenes`() throws {
        let places = ["2_10", "2_11", "6_7", "7_13"]
        let scenes = places.map { "raw/4_Ortho_RGBIR/top_potsdam_\($0)_RGBIR.tif" }
        for ending in ["label", "label_noBoundary"] {
            let truths = places.dropLast().reversed().map { "t/top_potsdam_\($0)_\(ending).tif" }
            let found = try TruthMatching.match(scenes: scenes, truths: truths)
            #expect(found.truths == truths.reversed() + [nil])
            #expect(found.unused.isEmpty)
        }
    }

    static let cases: [([String], [String], [String?])] = [
        (["a/one.tif"], ["b/other.png"], ["b/other.png"]),
        (["area1.tif", "area2.tif"], ["t/area2.tif"], [nil, "t/area2.tif"]),
        (["m_1.tif", "m_2.tif"], ["m_2_lc.tif", "m_1_lc.tif"], ["m_1_lc.tif", "m_2_lc.tif"]),
        (
            ["a.tif", "a_2.tif"], ["a_2_label.tif", "a_label.tif"],
            ["a_label.tif", "a_2_label.tif"]
        ),
        (["a_x.tif", "b_x.tif"], ["b.tif"], [nil, "b.tif"]),
        (["north.tif", "town_south.tif"], ["north.tif", "town_east.tif"], ["north.tif", nil]),
        (["x.tif", "x_east.tif"], ["x_east_label.tif"], [nil, "x_east_label.tif"]),
        (
            ["harbour_north_RGBIR.tif", "harbour_south_RGBIR.tif"], ["harbour_north_label.tif"],
            ["harbour_north_label.tif", nil]
        ),
        (
            ["a_city_RGB.tif", "b_city_RGB.tif"], ["a_city_label.tif", "c_town_label.tif"],
            ["a_city_label.tif", nil]
        ),
        (
            ["a_city_RGB.tif", "b_city_RGB.tif"], ["a_label.tif", "b_city_label.tif"],
            ["a_label.tif", "b_city_label.tif"]
        ),
        (["p_2_1_RGB.tif", "p_2_10_RGB.tif"], ["p_2_10_label.tif"], [nil, "p_2_10_label.tif"]),
        // One that is called otherwise does not part the others.
        (
            ["a_RGB.tif", "b_RGB.tif", "mosaic.tif"], ["a_label.tif", "b_label.tif", "b_old2.tif"],
            ["a_label.tif", "b_label.tif", nil]
        ),
        (
            ["alpha.tif", "beta.tif"],
            ["alpha_label.tif", "beta_east_label.tif", "gamma_east_label.tif"],
            ["alpha_label.tif", nil]
        ),
        // A word that only some share may be a place.
        (
            ["bay_south_RGB.tif", "quay_RGB.tif"], ["bay_north_label.tif", "quay_label.tif"],
            [nil, "quay_label.tif"]
        ),
        (
            ["a_city_RGB.tif", "b_city_RGB.tif"], ["a_label.tif", "a_city_label.tif"],
            ["a_city_label.tif", nil]
        ),
    ]

    @Test(arguments: cases)
    func `names decide`(_ scenes: [String], _ truths: [String], _ expected: [String?]) throws {
        #expect(try TruthMatching.match(scenes: scenes, truths: truths).truths == expected)
    }

    @Test func `what nothing belongs to is left, and what is not sure is refused`() throws {
        let found = try TruthMatching.match(
            scenes: ["a.tif", "b.tif"], truths: ["a.tif", "c.tif"])
        #expect(found.unused == ["c.tif"])
        #expect(throws: PreparationError.ambiguous("x/a.tif", "y/a.tif")) {
            try TruthMatching.match(scenes: ["a.tif", "b.tif"], truths: ["x/a.tif", "y/a.tif"])
        }
        #expect(throws: PreparationError.ambiguous("y/a.tif", "x/a.tif")) {
            try TruthMatching.match(scenes: ["x/a.tif", "y/a.tif"], truths: ["a.tif"])
        }
        #expect(throws: PreparationError.noTruth(truths: "c.tif")) {
            try TruthMatching.match(scenes: ["a.tif", "b.tif"], truths: ["c.tif"])
        }
    }

    @Test func `lists are the authors': a tenth of all tiles is for testing, each is in one`()
        throws
    {
        let scenes = (0..<38).map { index in
            PreparationPlan.Scene(
                path: "top_potsdam_\(index)_RGBIR.tif", truth: index < 24 ? "t\(index)" : nil,
                columns: 15, rows: 15, first: index * 225, dropped: (0, 0))
        }
        let plan = try PreparationPlan(scenes, settings: .potsdam(.potsdam6))
        let lists = PreparationPlan.List.allCases.map { plan.lines(of: $0) }
        // NUM_TEST of their potsdam_prepare.py is 855.
        #expect(lists.map(\.count) == [3150, 4545, 855])
        #expect(lists.flatMap(\.self).sorted() == Array(0..<8550))
        #expect(plan.names != Array(0..<8550))
        var other = PreparationSettings.potsdam(.potsdam6)
        other.seed = 2
        #expect(try PreparationPlan(scenes, settings: other).names != plan.names)
        other.test = .scenes(["1", "potsdam_10"])
        let chosen = try PreparationPlan(scenes, settings: other)
        #expect(
            chosen.lines(of: .labelledTest)
                == [1, 10].flatMap { scenes[$0].tiles.map { chosen.names[$0] } })
        other.test = .scenes(["30"])
        #expect(throws: PreparationError.noSuchTest("30")) {
            try PreparationPlan(scenes, settings: other)
        }
    }
}
