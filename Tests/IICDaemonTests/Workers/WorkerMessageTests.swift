import IICDaemon
import IICInfer
import Testing

@Suite struct WorkerMessageTests {
    private static let hash = String(repeating: "0f", count: 32)

    private static let result = JobResult(
        width: 30, height: 20, sceneHash: hash,
        files: [
            .init(path: FileName(bytes: [109, 0xFC, 10, 34, 0xC3, 0xBC]), bytes: 12, sha256: hash),
            .init(path: "m.tif.aux.xml", bytes: 0, sha256: hash),
        ],
        classes: [
            .init(name: "“Wald” \"\\", colour: "#1f77b4", pixels: 590, squareMetres: 147.5),
            .init(name: "Class 2", colour: "#000000", pixels: 0, squareMetres: nil),
        ], nodataPixels: 10, seconds: 0, isUnchanged: true, warnings: [])

    static let messages: [WorkerMessage] = [
        .event(
            .progress(
                WorkerProgress(
                    stage: "segmenting", done: 12, total: 96, unit: "tiles", rate: 2.5,
                    secondsLeft: nil))),
        .event(.rows(MapRows(width: 3, height: 4, first: 2, labels: [0, 1, 255, 4, 5, 6]))),
        .event(.warning("“b\u{10FEFC}d.tif” is odd.\nVery.")),
        .event(.started(host: "n2", process: 77)), .alive, .estimate(12.5),
        .failed(JobFailure(code: 65, stage: "opening", sentence: "“a” is no scene.")),
        .done(result),
    ]

    @Test(arguments: messages)
    func `a line brings back what it was made of`(message: WorkerMessage) {
        let line = message.line(adding: ["scene": "a.tif", "event": "other"])
        #expect(!line.contains("\n"))
        #expect(WorkerMessage(line: Array(line.utf8)) == message)
    }

    @Test func `names come through to the byte`() throws {
        let line = WorkerMessage.done(Self.result).line()
        guard case .done(let result) = try #require(WorkerMessage(line: Array(line.utf8))) else {
            Issue.record("\(line)")
            return
        }
        #expect(result.files[0].path.bytes == [109, 0xFC, 10, 34, 0xC3, 0xBC])
    }

    /// The message with one member of another value, or without it.
    private static func changed(
        _ message: WorkerMessage, _ key: String, _ value: JSONValue?
    ) throws -> WorkerMessage? {
        guard case .object(var members) = try JSONValue(parsing: Array(message.line().utf8)) else {
            return nil
        }
        members[key] = value
        return WorkerMessage(line: Array(JSONValue.object(members).exactText.utf8))
    }

    @Test(arguments: messages)
    func `nothing may be missing`(message: WorkerMessage) throws {
        guard case .object(let members) = try JSONValue(parsing: Array(message.line().utf8)) else {
            Issue.record("no object")
            return
        }
        for key in members.keys where !["rate", "secondsLeft"].contains(key) {
            #expect(try Self.changed(message, key, nil) == nil, "\(key)")
            #expect(try Self.changed(message, key, [["a": -1]]) == nil, "\(key)")
        }
    }

    static let rows = messages[1]
    static let wrongRows: [[String: JSONValue]] = [
        ["width": 0], ["width": -3], ["width": 257], ["width": 4], ["width": 3.0],
        ["height": 3], ["height": 257], ["height": -1], ["first": 3], ["first": -1],
        ["first": 4_611_686_018_427_387_904], ["labels": ""], ["labels": "*"], ["labels": "AAE"],
        ["labels": .null],
    ]

    @Test(arguments: wrongRows)
    func `rows lie within their picture`(wrong: [String: JSONValue]) throws {
        for (key, value) in wrong { #expect(try Self.changed(Self.rows, key, value) == nil) }
    }

    private static func share(_ pixels: Int, _ colour: String = "#000000") -> JSONValue {
        ["name": "x", "colour": .string(colour), "pixels": .integer(pixels), "squareMetres": .null]
    }

    static let wrongResults: [[String: JSONValue]] = [
        ["width": 0], ["width": -30], ["width": 4_611_686_018_427_387_904], ["height": 21],
        ["nodataPixels": -10], ["nodataPixels": 601], ["sceneSHA256": "0f"],
        ["sceneSHA256": .string(hash.uppercased())], ["files": []],
        ["files": [["path": "", "bytes": 1, "sha256": .string(hash)]]],
        ["files": [["path": "a", "bytes": -1, "sha256": .string(hash)]]],
        ["files": [["path": "a", "bytes": 1, "sha256": "x"]]],
        ["classes": [share(591)]], ["classes": [share(-1), share(591)]],
        ["classes": [share(590, "red")]], ["classes": [share(590, "#12345g")]],
        ["classes": .array([JSONValue](repeating: share(.max), count: 255))],
    ]

    @Test(arguments: wrongResults)
    func `results are those of a map`(wrong: [String: JSONValue]) throws {
        for (key, value) in wrong {
            #expect(try Self.changed(.done(Self.result), key, value) == nil)
        }
        #expect(try Self.changed(.done(Self.result), "classes", [Self.share(590)]) != nil)
    }

    static let noise = [
        "", "{", "[]", "hello", "{\"event\":\"estimate\",\"seconds\":1e400}",
        "{\"event\":\"estimate\",\"seconds\":-1}", "{\"event\":\"estimate\",\"seconds\":\"1\"}",
        "{\"event\":\"other\"}", "{\"event\":\"warning\",\"event\":\"warning\",\"text\":\"x\"}",
        "{\"event\":\"failed\",\"code\":0,\"stage\":\"x\",\"text\":\"x\"}",
        "{\"event\":\"failed\",\"code\":256,\"stage\":\"x\",\"text\":\"x\"}",
        String(repeating: "{\"event\":[", count: 500),
    ]

    @Test(arguments: noise)
    func `what is no message is none`(line: String) {
        #expect(WorkerMessage(line: Array(line.utf8)) == nil)
    }

    @Test func `long sentences are refused`() {
        let text = String(repeating: "x", count: 20_000)
        #expect(WorkerMessage(line: Array(WorkerMessage.event(.warning(text)).line().utf8)) == nil)
    }
}
