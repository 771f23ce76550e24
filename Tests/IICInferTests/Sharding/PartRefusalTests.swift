import TestSupport
import Testing

@testable import IICInfer

/// Parts that make no map.
@Suite struct PartRefusalTests {
    private let sheet: PartSheet
    private let parts: [String]

    init() throws {
        sheet = try PartSheet()
        parts = try sheet.makeAll(3)
    }

    private func other(_ job: SegmentJob, of count: Int = 3) throws -> [String] {
        let shard = Shard(3, of: count)
        _ = try job.run(
            shard, scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.parts, all: false),
            to: sheet.parts("other.part"))
        return [parts[0], parts[1], sheet.parts("other.part")]
    }

    private func refuse(
        _ parts: [String], _ error: PartError, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: error, sourceLocation: location) { try sheet.merge(parts) }
        #expect((try? sheet.merged.files) == [], sourceLocation: location)
        #expect(error.description.hasSuffix("."))
    }

    private func differ(_ difference: PartError.Difference) -> PartError {
        .differ(path: sheet.parts("other.part"), from: parts[0], difference)
    }

    @Test func `missing and superfluous parts are named`() throws {
        refuse([parts[0], parts[2]], .missing([2], of: 3))
        refuse([parts[1]], .missing([1, 3], of: 3))
        refuse(parts + [parts[1]], .twice(path: parts[1], other: parts[1], Shard(2, of: 3)))
        #expect(throws: FileError.self) { try sheet.merge([sheet.parts("no.part")]) }
        refuse([sheet.sheet.scene], .notAPart(path: sheet.sheet.scene))
    }

    @Test func `parts of another model, setting, output, legend or number are refused`() throws {
        refuse(try other(sheet.sheet.job(model: PartialSheet.model(seed: 3))), differ(.model))
        refuse(try other(sheet.sheet.job(.bounds)), differ(.settings))
        refuse(try other(sheet.sheet.job(.cleaned)), differ(.settings))
        refuse(try other(sheet.sheet.job(.network)), differ(.settings))
        refuse(try other(sheet.sheet.job(), of: 4), differ(.count))
        var named = PartialSheet.model()
        named.legend.entries[1].name = "Forest"
        refuse(try other(sheet.sheet.job(model: named)), differ(.legend))
        _ = try sheet.sheet.job().run(
            Shard(3, of: 3), scene: sheet.sheet.scene,
            outputs: [LabelMap(.classes, path: sheet.parts("x.tif"))],
            to: sheet.parts("other.part"))
        refuse([parts[0], parts[1], sheet.parts("other.part")], differ(.outputs))
    }

    @Test func `rows in another form than is asked for are named so`() throws {
        let merge = try PartMerge(parts)
        let outputs: [any MapOutput] = [
            LabelMap(.classes, path: sheet.merged("a.tif")),
            ProbabilityMap(classes: 5, form: .percent, path: sheet.merged("p.tif")),
        ]
        let error = #expect(throws: PartError.self) {
            try merge.run(outputs: outputs, cleanUp: CleanUp(), memoryLimit: 1 << 30, threads: 1)
        }
        #expect(error == .otherForm(kind: outputs[1].kind))
        #expect(error?.description.contains("--float") == true)
    }

    @Test func `parts of another scene are refused`() throws {
        try sheet.sheet.draw(seed: 5)
        refuse(try other(sheet.sheet.job()), differ(.scene))
    }

    @Test func `a copy of the scene elsewhere is the same scene`() throws {
        let copy = try sheet.sheet.folder.write(
            sheet.sheet.folder.bytes(of: "a.tif"), to: "copy.tif")
        _ = try sheet.sheet.job().run(
            Shard(3, of: 3), scene: copy, outputs: sheet.outputs(in: sheet.parts, all: false),
            to: sheet.parts("other.part"))
        try sheet.merge([parts[0], parts[1], sheet.parts("other.part")])
    }

    @Test func `rows that no shard was asked for are missed`() throws {
        let few = [LabelMap(.classes, path: sheet.parts("x.tif"))]
        _ = try sheet.sheet.job().run(
            Shard(1, of: 1), scene: sheet.sheet.scene, outputs: few, to: sheet.parts("few.part"))
        refuse([sheet.parts("few.part")], .lacks(kind: "overclusters"))
    }

    @Test func `damage anywhere is found, and nothing is left`() throws {
        let name = parts[1].pathName
        let bytes = try sheet.parts.bytes(of: name)
        let damaged = PartError.damaged(path: parts[1])
        for place in stride(from: 12, to: bytes.count, by: bytes.count / 23) {
            var changed = bytes
            changed[place] ^= 4
            try sheet.parts.write(changed, to: name)
            refuse(parts, damaged)
        }
        for count in [13, 100, bytes.count / 2, bytes.count - 1] {
            try sheet.parts.write(Array(bytes.prefix(count)), to: name)
            refuse(parts, damaged)
        }
        try sheet.parts.write(bytes + [0], to: name)
        refuse(parts, damaged)
        // A length beyond all memory.
        var long = bytes
        for place in bytes.count - PartWriter.end.count - 8..<bytes.count - PartWriter.end.count {
            long[place] = 0xFF
        }
        try sheet.parts.write(long, to: name)
        refuse(parts, damaged)
        try sheet.parts.write([], to: name)
        refuse(parts, .notAPart(path: parts[1]))
        try sheet.parts.write(bytes, to: name)
        try sheet.merge(parts)
    }

    @Test func `rows that are missing or there twice are damage`() throws {
        let name = parts[1].pathName
        let bytes = try sheet.parts.bytes(of: name)
        let reader = try PartReader(parts[1])
        var ends: [Int] = []
        try reader.forEach { ends.append($0.end) }
        let tail = bytes.suffix(from: try #require(ends.last))
        let without = Array(bytes.prefix(ends[ends.count - 2])) + tail
        try sheet.parts.write(without, to: name)
        refuse(parts, .damaged(path: parts[1]))
        let start = PartWriter.start.count
        try sheet.parts.write(
            Array(bytes.prefix(ends[0])) + bytes[start..<ends[0]] + bytes.dropFirst(ends[0]),
            to: name)
        refuse(parts, .damaged(path: parts[1]))
    }

    @Test func `no output replaces a part or the scene`() throws {
        let merge = try PartMerge(parts)
        for path in [parts[0], sheet.sheet.scene] {
            #expect(throws: OutputPathError.replacesInput(path: path)) {
                _ = try merge.run(
                    outputs: [LabelMap(.classes, path: path)], cleanUp: CleanUp(),
                    memoryLimit: 1 << 30, threads: 1)
            }
        }
    }

    @Test func `a place on Earth comes back to the bit`() throws {
        var place = Georeference(
            crs: "LOCAL_CS[\"é\"]",
            transform: [-0.0, 0.1, Double.leastNonzeroMagnitude, .pi, -0.0, -1e300])
        place.epoch = 2021.3
        place.pixelIsPoint = true
        place.controlPoints = [.init(pixel: 0.5, line: -0.0, x: 1e17, y: 1 / 3)]
        place.controlPointCRS = "x"
        place.rationalCoefficients = ["LINE_OFF": "1.0", "ERR": ""]
        let text = Array(place.document.exactText.utf8)
        let back = try #require(Georeference(document: JSONValue(parsing: text)))
        #expect(back == place)
        #expect(back.transform?.map(\.bitPattern) == place.transform?.map(\.bitPattern))
        #expect(Georeference(document: ["transform": [1]]) == nil)
    }
}
