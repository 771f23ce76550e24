import Foundation
import IICInfer
import Testing

/// What `iicd watch` makes beside maps.
@Suite struct WatchOutputsTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: false)
        try data.scene("in/a.tif", UInt8.self, width: 230, height: 210)
    }

    private func watch(_ flags: [String]) throws -> Program.Result {
        try Program(
            ["watch", data("in"), "-m", model, "-o", data("maps"), "--settle", "0", "--once"]
                + flags
        ).wait()
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: data(folder)).sorted()
    }

    private var flags: [String] {
        [
            "--overclusters", data("maps"), "--preview", data("maps/pictures"), "--confidence",
            data("maps/"), "--probabilities", data("more/deep"),
        ]
    }

    @Test(.timeLimit(.minutes(4)))
    func `a scene gets all that segment makes, in folders that are made`() throws {
        let result = try watch(flags)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            try data.maps == [
                "a.confidence.tif", "a.overclusters.tif", "a.overclusters.tif.aux.xml", "a.tif",
                "a.tif.aux.xml", "pictures",
            ])
        #expect(try files("maps/pictures") == ["a.png"])
        #expect(try files("more/deep") == ["a.probabilities.tif"])
        try FileManager.default.createDirectory(
            atPath: data("single"), withIntermediateDirectories: false)
        let single = try Program.run(
            "segment", data("in/a.tif"), "-m", model, "-o", data("single"), "--confidence",
            data("single"), "--probabilities", data("single"), "--preview", data("single"))
        #expect(single.status == 0, "\(single.errors)")
        for (one, other) in [
            ("maps/a.tif", "a.tif"), ("maps/a.confidence.tif", "a.confidence.tif"),
            ("more/deep/a.probabilities.tif", "a.probabilities.tif"),
            ("maps/pictures/a.png", "a.png"),
        ] {
            #expect(try data.bytes(one) == data.bytes("single/" + other), "\(one)")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a scene is done only when all of its outputs are there and right`() throws {
        func isMapped(_ flags: [String]) throws -> Bool {
            let result = try watch(flags)
            #expect(result.status == 0, "\(result.errors)")
            let isThere =
                result.errors.contains("“a.tif” has its map already")
                || result.errors.contains("maps already: 1")
            #expect(result.errors.contains("Mapped “a.tif”") != isThere, "\(result.errors)")
            return result.errors.contains("Mapped “a.tif”")
        }
        #expect(try isMapped([]))
        #expect(try isMapped(flags))
        #expect(try !isMapped(flags) && !isMapped([]))
        for name in [
            "maps/a.confidence.tif", "more/deep/a.probabilities.tif", "maps/pictures/a.png",
            "maps/a.overclusters.tif.aux.xml",
        ] {
            let before = try data.bytes(name)
            try FileManager.default.removeItem(atPath: data(name))
            #expect(try isMapped(flags), "\(name)")
            #expect(try data.bytes(name) == before)
        }
        #expect(try isMapped(flags + ["--float"]) && !isMapped(flags + ["--float"]))
        try data.write(Data("text".utf8), "maps/a.confidence.tif")
        #expect(try isMapped(flags + ["--float"]))
    }

    @Test(.timeLimit(.minutes(4)), arguments: ["confidence", "overclusters", "probabilities"])
    func `a scene whose outputs could be another's is refused`(kind: String) throws {
        let scene = try data.bytes("in/a.tif")
        try data.write(scene, "in/b.\(kind).tif")
        let refused = try watch(["--\(kind)", data("in/../maps")])
        #expect(refused.status == 1, "\(refused.errors)")
        #expect(
            refused.errors.contains(
                "“b.\(kind).tif” could be an output of two scenes, by -o and by --\(kind)"),
            "\(refused.errors)")
        #expect(try data.maps.contains("a.tif") && !data.maps.contains("b.\(kind).tif"))
        // Elsewhere nothing stands in its way.
        let apart = try watch(["--\(kind)", data("maps/apart")])
        #expect(apart.status == 0, "\(apart.errors)")
        #expect(try data.maps.contains("b.\(kind).tif"))
    }

    @Test(arguments: ["--confidence", "--preview", "--overclusters", "--probabilities"])
    func `outputs never go to the watched folder`(flag: String) throws {
        let before = try files("in")
        let result = try watch([flag, data("maps/../in")])
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains("is the watched folder itself"), "\(result.errors)")
        #expect(try files("in") == before && data.maps.isEmpty)
        let blocked = try watch([flag, data("in/a.tif/c")])
        #expect(blocked.status == 73, "\(blocked.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `what a killed daemon left is removed from all folders`() throws {
        try FileManager.default.createDirectory(
            atPath: data("sure"), withIntermediateDirectories: false)
        // No process has this number.
        let names = ["maps", "sure"].map { "\($0)/.iicd-2000000000-abc-def.tmp" }
        for name in names { try data.write(Data("half".utf8), name) }
        let result = try watch(["--confidence", data("sure")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try files("sure") == ["a.confidence.tif"])
        #expect(try data.maps == ["a.tif", "a.tif.aux.xml"])
    }
}
