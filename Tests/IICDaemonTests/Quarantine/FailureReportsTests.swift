import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICDaemon

@Suite struct FailureReportsTests {
    private let base: TemporaryFolder
    private let reports: FailureReports

    init() throws {
        base = try TemporaryFolder()
        reports = FailureReports(maps: base.path)
    }

    private func report(_ scene: FileName, _ sentence: String = "It is damaged.") -> FailureReport {
        FailureReport(
            scene: scene,
            failure: JobFailure(code: 65, stage: "opening", sentence: sentence), attempts: 2,
            time: Date(timeIntervalSince1970: 1e9), modelHash: "abc", identity: "def")
    }

    private func names(_ folder: String) -> [FileName] {
        (try? FolderListing.names(in: folder)) ?? []
    }

    @Test func `a report has the scene's path and says all that is known`() throws {
        try reports.write(report("sub/a.tif", "It is “damaged”."))
        let bytes = try Data(contentsOf: URL(filePath: base("failed/sub/a.tif.error.json")))
        #expect(
            try JSONValue(parsing: Array(bytes))
                == [
                    "scene": "sub/a.tif", "code": 65, "stage": "opening",
                    "error": "It is “damaged”.", "attempts": 2, "time": "2001-09-09T01:46:40Z",
                    "modelSHA256": "abc", "identity": "def",
                ])
    }

    @Test func `a report is replaced by a later one and goes with its folders`() throws {
        try reports.write(report("sub/deep/a.tif"))
        try reports.write(report("sub/deep/a.tif", "Again."))
        try reports.write(report("b.tif"))
        try reports.remove(for: "sub/deep/a.tif")
        #expect(names(base("failed")) == ["b.tif.error.json"])
        try reports.remove(for: "b.tif")
        try reports.remove(for: "b.tif")
        #expect(names(base.path) == [])
    }

    @Test func `folders that hold a map stay`() throws {
        try reports.write(report("a.tif"))
        try base.write(text: "map", to: "failed/a.tif")
        try reports.remove(for: "a.tif")
        #expect(names(base("failed")) == ["a.tif"])
    }

    @Test func `names of any bytes and of full length have reports of their own`() throws {
        let scenes = [
            FileName(bytes: [0xFF, 0xE9] + Array(".tif".utf8)),
            FileName(String(repeating: "x", count: 251) + ".tif"),
            FileName(String(repeating: "x", count: 250) + "y.tif"),
            FileName(String(repeating: "ü", count: 125) + "x.tif"),
            FileName("z" + String(repeating: "ü", count: 125) + ".tif"),
            FileName(String(repeating: "x", count: 244 - 4) + ".tif"),
        ]
        for scene in scenes { try reports.write(report(scene)) }
        #expect(names(base("failed")).count == scenes.count)
        #expect(names(base("failed")).allSatisfy { $0.bytes.count <= 255 })
        // No character is cut in two.
        for scene in scenes.dropFirst() {
            let name = FailureReport.path(of: scene).bytes
            #expect(String(validating: name, as: UTF8.self) != nil)
        }
        for scene in scenes { try reports.remove(for: scene) }
        #expect(names(base.path) == [])
    }

    @Test func `only reports of scenes that have gone are stale`() throws {
        try reports.write(report("a.tif"))
        try reports.write(report("sub/b.tif"))
        try reports.write(report("sub/c.tif"))
        try base.write(text: "{}", to: "failed/mine.error.json")
        try base.write(text: "not JSON", to: "failed/sub/other.error.json")
        #expect(try reports.removeStale(keeping: ["a.tif", "sub/c.tif"]) == 1)
        #expect(names(base("failed")) == ["a.tif.error.json", "mine.error.json", "sub"])
        #expect(names(base("failed/sub")) == ["c.tif.error.json", "other.error.json"])
    }

    @Test func `without any report there is nothing to remove`() throws {
        #expect(try reports.removeStale(keeping: []) == 0)
    }

    @Test func `a folder that cannot be made is told of as something that may pass`() throws {
        try base.write(text: "in the way", to: "failed")
        let error = try #require(throws: AtomicFileError.self) {
            try reports.write(report("a.tif"))
        }
        #expect(error.exitStatus.isPassing)
        #expect(throws: Never.self) { try reports.remove(for: "a.tif") }
    }
}
