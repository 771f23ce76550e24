import Foundation
import IICDaemon
import IICInfer
import Testing

@Suite struct JobTableTests {
    @Test func `has a line for each job, whatever its name and its sentence hold`() throws {
        let zone = try #require(TimeZone(secondsFromGMT: 3600))
        var done = Job(
            id: 12, scene: "sub/a.tif", state: .done, identity: "", bytes: 12_345_678,
            modelHash: "", settingsHash: "", seen: Date(timeIntervalSince1970: 0))
        done.ended = Date(timeIntervalSince1970: 86_400)
        done.result = JobResult(
            width: 10, height: 10, sceneHash: "", files: [],
            classes: [
                .init(name: "water", colour: "#000000", pixels: 25, squareMetres: nil),
                .init(name: "bare", colour: "#000000", pixels: 0, squareMetres: nil),
                .init(name: "forest", colour: "#000000", pixels: 75, squareMetres: nil),
            ], nodataPixels: 0, seconds: 1, isUnchanged: false, warnings: [])
        var failed = Job(
            id: 3, scene: FileName(bytes: [0xFC, 0x0A]), state: .failed, identity: "", bytes: 0,
            modelHash: "", settingsHash: "", seen: Date(timeIntervalSince1970: 0))
        failed.failure = JobFailure(code: 65, stage: "opening", sentence: "One.\nTwo.")
        var table = JobTable()
        table.add(done, in: zone)
        table.add(failed, in: zone)
        #expect(
            table.text == """
                job  state   scene      MB    time
                 12  done    sub/a.tif  12.3  1970-01-02 01:00  forest 75 %, water 25 %
                  3  failed  \\xFC\\x0A    0.0  1970-01-01 01:00  One. Two.
                """)
    }
}
