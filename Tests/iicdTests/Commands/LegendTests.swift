import Foundation
import IICInfer
import Testing

/// Names and colours of classes, and what shows them.
@Suite struct LegendTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model("model.safetensors", isRefined: true)
    }

    @discardableResult
    private func legend(_ flags: [String], status: Int32 = 0) throws -> Program.Result {
        let result = try Program(["legend", model] + flags).wait()
        #expect(result.status == status, "\(flags): \(result.errors)")
        return result
    }

    @Test func `a model is renamed in its place, and maps keep their pixels and the model's hash`()
        throws
    {
        let before = try ModelBundle(reading: model)
        let result = try legend(["--rename", "0=open water", "1=a=b", "--colour", "1=#0a0b0c"])
        let after = try ModelBundle(reading: model)
        #expect(after.legend.entries[0].name == "open water")
        #expect(after.legend.entries[1] == .init(name: "a=b", colour: [10, 11, 12]))
        #expect(after.modelHash == before.modelHash && after.legend.hash != before.legend.hash)
        #expect(result.output.contains("    0  open water") && !result.output.contains("\u{1B}"))
        #expect(try legend(["--json"]).output.contains("\"name\":\"open water\",\"share\":"))
    }

    @Test func `a mistake leaves the model as it was`() throws {
        let before = try data.bytes("model.safetensors")
        try legend(["--rename", "0=water", "99=forest"], status: 64)
        try legend(["--rename", "0=\u{7}"], status: 64)
        try legend(["--import", data("none.csv")], status: 66)
        _ = try data.write(Data("value,name,colour\n0,a,#000000\n".utf8), "short.csv")
        try legend(["--import", data("short.csv")], status: 65)
        try legend(["-o", data("b.safetensors")], status: 64)
        try legend(["--export", data("a.txt")], status: 64)
        try legend(["--gallery", data("g.html")], status: 64)
        #expect(try data.bytes("model.safetensors") == before)
    }

    @Test func `what is exported is imported, and another model is replaced by a flag alone`()
        throws
    {
        let before = try ModelBundle(reading: model).legend
        try legend(["--export", data("a.qml")])
        try legend(["--rename", "0=water", "-o", data("b.safetensors")])
        #expect(try ModelBundle(reading: model).legend == before)
        try legend(["--import", data("a.qml"), "-o", data("b.safetensors")], status: 64)
        try legend(["--import", data("a.qml"), "-o", data("b.safetensors"), "--overwrite"])
        #expect(try ModelBundle(reading: data("b.safetensors")).legend == before)
    }

    @Test func `a model is like itself, and its gallery is a page`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
        let like = try legend(["--like", model, scene, "-o", data("b.safetensors")])
        #expect(like.output.contains("100.0 % of"))
        try legend(["--gallery", data("g.html"), "--scene", scene])
        let page = String(decoding: try data.bytes("g.html"), as: UTF8.self)
        #expect(page.hasPrefix("<!doctype html>") && page.contains("data:image/png;base64,"))
        let low = try legend(
            ["--gallery", data("g.html"), "--scene", scene, "--memory", "40MiB"], status: 64)
        let least = low.errors.split(separator: "--memory ").last?.prefix { $0 != "M" } ?? ""
        try legend(["--gallery", data("g.html"), "--scene", scene, "--memory", "\(least)MiB"])
    }
}
