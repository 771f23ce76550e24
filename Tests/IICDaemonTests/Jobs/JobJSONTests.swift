import Foundation
import IICDaemon
import IICInfer
import Testing

@Suite struct JobJSONTests {
    private func job(_ scene: FileName) -> Job {
        Job(
            scene: scene, state: .queued, identity: "i", bytes: 12, modelHash: "m",
            settingsHash: "s", seen: Date(timeIntervalSince1970: 1.5))
    }

    @Test func `tells what is not known as null, and times in UTC`() throws {
        let text = job("sub/a.tif").json.text
        #expect(text.contains(#""seen":"1970-01-01T00:00:01.500Z""#))
        #expect(text.contains(#""begun":null"#))
        #expect(text.contains(#""hashes":{"content":null,"model":"m","settings":"s"}"#))
        #expect(text.contains(#""scene":"sub/a.tif","sceneBytes":null"#))
    }

    @Test func `gives the bytes of names that cannot be shown`() throws {
        let value = job(FileName(bytes: [0x64, 0xFC, 0x0A])).json
        #expect(value["scene"] == "d\\xFC\\x0A")
        #expect(value["sceneBytes"] == "64fc0a")
        #expect(try JSONValue(parsing: Array(value.text.utf8)) == value)
    }

    @Test func `tells failures and results`() throws {
        var job = job("a.tif")
        job.failure = JobFailure(code: 65, stage: "opening", sentence: "It is “bad”.\n")
        job.result = JobResult(
            width: 3, height: 2, sceneHash: "h",
            files: [.init(path: FileName(bytes: [0xFF]), bytes: 7, sha256: "f")],
            classes: [.init(name: "<b>", colour: "#010203", pixels: 5, squareMetres: nil)],
            nodataPixels: 1, seconds: 2.5, isUnchanged: true, warnings: ["one"])
        let value = job.json
        #expect(value["failure"] == ["code": 65, "stage": "opening", "text": "It is “bad”.\n"])
        #expect(
            value["result"]?["files"] == [
                ["path": "\\xFF", "pathBytes": "ff", "bytes": 7, "sha256": "f"]
            ])
        #expect(
            value["result"]?["classes"] == [
                ["name": "<b>", "colour": "#010203", "pixels": 5, "squareMetres": .null]
            ])
        #expect(value["result"]?["unchanged"] == true)
        #expect(value["result"]?["seconds"] == 2.5)
    }
}
