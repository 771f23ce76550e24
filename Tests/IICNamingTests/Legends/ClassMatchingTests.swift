import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct ClassMatchingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Class and margin of each pixel.
    private func pixels(
        _ model: ModelBundle, _ refine: Refine, _ path: String
    ) throws -> (labels: [UInt8], margins: [Int]) {
        let scene = try SampledScene(path, job: model.job(refine), encoder: MarginEncoder())
        let window = PixelWindow(
            x: 0, y: 0, width: scene.reader.fileWidth, height: scene.reader.fileHeight)
        let bytes = try scene.pixels(window)
        return (
            (0..<window.count).map { bytes[3 * $0] },
            (0..<window.count).map { Int(bytes[3 * $0 + 1]) + Int(bytes[3 * $0 + 2]) << 8 }
        )
    }

    @Test(arguments: [Refine.network, .mixture, .both])
    func `a model of another order makes the same map with other numbers`(refine: Refine) throws {
        let path = try folder.patches("a.tif", width: 110, height: 70)
        let (model, order) = (randomModel(), [3, 0, 4, 1, 2])
        let other = model.reordered(order)
        let (before, margins) = try pixels(model, refine, path)
        let after = try pixels(other, refine, path).labels
        #expect(Set(before).count > 2, "the scene shows several classes")
        for pixel in before.indices where before[pixel] != MapWriter.nodata {
            // Sums over classes run in another order: a tie may fall to the other side.
            let same = Int(before[pixel]) == order[Int(after[pixel])]
            #expect(same || margins[pixel] <= 1, "pixel \(pixel)")
        }
        #expect(after.indices.allSatisfy { (after[$0] == 255) == (before[$0] == 255) })
        #expect(other.legend.entries == order.map { model.legend.entries[$0] })
        #expect(other.modelHash != model.modelHash)
        #expect(other.reordered([1, 3, 4, 0, 2]) == model)
    }

    @Test func `a model in another order is found again, with numbers, names and colours`() throws {
        let path = try folder.patches("a.tif", width: 110, height: 70)
        var old = randomModel()
        try old.legend.renameClasses(["0=water", "1=forest", "2=fields", "3=town", "4=rock"])
        var new = old.reordered([2, 4, 1, 0, 3])
        new.legend = .unnamed(classes: 5)
        let matching = try ClassComparison(old: old.job(), new: new.job(), seed: 1).run([path])
        #expect(matching.total > 0.9999 && matching.pixels > 0)
        let found = matching.apply(to: new, from: old.legend)
        // A class that the scene does not show has no pixel to be known by.
        for (value, agreement) in matching.agreements.enumerated() where agreement.old > 0 {
            #expect(found.legend.entries[value] == old.legend.entries[value])
            #expect(!agreement.isWeak)
        }
        if matching.agreements.allSatisfy({ $0.old > 0 }) { #expect(found == old) }
    }

    @Test func `the pairs are those with most pixels in common, and the rest comes after`() throws {
        // Old classes 0…1 against new ones 0…3.
        let matching = try ClassMatching(
            counts: [1, 2, 60, 5, 30, 50, 40, 0], oldClasses: 2, newClasses: 4)
        #expect(matching.order == [2, 1, 0, 3])
        #expect(matching.total == 110.0 / 188)
        #expect(matching.agreements[1] == .init(common: 50, old: 120, new: 52))
        #expect(matching.agreements[1].isWeak && !matching.agreements[0].isWeak)
    }

    @Test func `what is new, and what has nothing in common, keeps its own name`() throws {
        var model = randomModel(classes: 4)
        try model.legend.renameClasses(["0=new name"])
        let matching = try ClassMatching(
            counts: [0, 0, 9, 0, 0, 0, 0, 0], oldClasses: 2, newClasses: 4)
        let old = Legend(entries: [
            .init(name: "water", colour: [1, 1, 1]), .init(name: "gone", colour: [2, 2, 2]),
        ])
        let found = matching.apply(to: model, from: old).legend.entries
        #expect(found[0] == old.entries[0])
        #expect(matching.order[0] == 2 && !found.map(\.name).contains("gone"))
        #expect(found.map(\.name).contains("new name"))
        // “Class 2” and “Class 4” are called by their new numbers.
        for (value, entry) in found.enumerated() where entry.name.hasPrefix("Class") {
            #expect(entry == Legend.unnamed(classes: 4).entries[value])
        }
    }

    @Test func `a model of fewer classes cannot have all numbers`() {
        #expect(throws: LegendError.self) {
            try ClassMatching(counts: [1, 2], oldClasses: 2, newClasses: 1)
        }
    }
}
