import IICInfer
import Testing

@testable import IICNaming

@Suite struct LegendNamesTests {
    @Test func `names and colours are changed by their values in the map`() throws {
        var legend = Legend.unnamed(classes: 3)
        try legend.renameClasses(["2=pine = forest", " 0 = water "])
        try legend.recolour(["1=#1F77b4", "0=000000"])
        #expect(legend.entries.map(\.name) == ["water", "Class 2", "pine = forest"])
        #expect(legend.entries[1].colour == [0x1F, 0x77, 0xB4])
        #expect(legend.entries[0].colour == [0, 0, 0])
    }

    @Test(arguments: [
        "3=water", "-1=water", "water", "1", "x=water", "1=", "1=  ", "1=a\u{7}b",
        "1=a\u{2028}b", "1=\u{10FEFF}", "1=" + String(repeating: "ä", count: 128),
    ])
    func `what is no change is refused, and says so`(change: String) {
        var legend = Legend.unnamed(classes: 3)
        let error = #expect(throws: LegendError.self) { try legend.renameClasses([change]) }
        #expect(error?.exitStatus == .usage)
        #expect(legend == .unnamed(classes: 3))
    }

    @Test func `a value that is given twice and a colour that is none are refused`() {
        var legend = Legend.unnamed(classes: 3)
        #expect(throws: LegendError.self) { try legend.renameClasses(["1=a", "1=b"]) }
        for colour in ["red", "#12345", "#1234567", "#12345g", "#+12345", "１２３４５６"] {
            #expect(throws: LegendError.self) { try legend.recolour(["1=\(colour)"]) }
        }
    }

    @Test func `a name of 255 bytes in any script is fine, and two of one name are told`() throws {
        var legend = Legend.unnamed(classes: 4)
        try legend.renameClasses([
            "0=" + String(repeating: "森林", count: 42) + "abc", "1=water", "3=water",
        ])
        #expect(legend.entries[0].name.utf8.count == 255)
        #expect(
            legend.duplicates == ["The values 1, 3 are all called “water”; maps keep them apart."])
    }

    @Test func `a name changes the legend's hash and not the model's`() throws {
        let model = randomModel()
        var named = model
        try named.legend.renameClasses(["0=water"])
        #expect(named.modelHash == model.modelHash && named.legend.hash != model.legend.hash)
    }
}
