import Glibc
import TestSupport
import Testing

@testable import IICInfer

/// Scenes whose mapping ends before it is done and goes on from there.
@Suite struct PartialRowsTests {
    let sheet: PartialSheet

    init() throws { sheet = try PartialSheet() }

    private var pixels: Int { sheet.width * sheet.height }

    @Test(arguments: PartialSheet.Way.allCases)
    func `interruptions and resumptions in any manner change no byte`(
        way: PartialSheet.Way
    ) throws {
        try sheet.map("whole", sheet.job(way), in: nil)
        let all = try sheet.map("again", sheet.job(way), in: nil).computed
        let expected = try sheet.bytes("whole")
        #expect(try sheet.bytes("again") == expected)
        // Each time with other swaths, and to another name.
        for (index, threads) in [3, 1, 2].enumerated() {
            let job = try sheet.job(
                way, threads: threads, memory: threads == 1 ? 270 << 20 : 1 << 30)
            try sheet.map("part", job, until: all / 5, in: sheet.store)
            #expect(try sheet.kept.files.count == 1, "\(index)")
            #expect(!(try sheet.folder.files.contains { $0.hasPrefix("part") }))
        }
        let last = try sheet.map("part", sheet.job(way, threads: 3), in: sheet.store)
        #expect(try sheet.bytes("part") == expected)
        #expect(last.computed < all * 9 / 10)
        #expect(try sheet.kept.files.isEmpty)
    }

    @Test func `a kill at any instant costs what was not written`() throws {
        try sheet.map("whole", sheet.job(), in: nil)
        let expected = try sheet.bytes("whole")
        var copies: [(store: PartialRows, folder: TemporaryFolder)] = []
        let all = try sheet.map("other", sheet.job(threads: 1), in: sheet.store) { _ in
            copies.append(try sheet.copy())
        }.computed
        #expect(copies.count > 20)
        var before = Int.max
        for index in stride(from: 3, to: copies.count, by: copies.count / 7) {
            let copy = copies[index]
            let name = try #require(try copy.folder.files.first)
            // In the middle of a window as well.
            let bytes = try copy.folder.bytes(of: name)
            try copy.folder.write(bytes.dropLast(index % 200), to: name)
            let computed = try sheet.map("part", sheet.job(threads: 2), in: copy.store).computed
            #expect(try sheet.bytes("part") == expected)
            #expect(computed < before || computed < all / 4, "\(index)")
            before = computed
        }
        #expect(before < all / 2)
    }

    @Test func `what is damaged is computed again, and what is no such file all`() throws {
        let whole = try sheet.map("whole", sheet.job(), in: nil).computed
        let expected = try sheet.bytes("whole")
        try sheet.map("part", sheet.job(), until: whole / 2, in: sheet.store)
        let name = try #require(try sheet.kept.files.first)
        let bytes = try sheet.kept.bytes(of: name)
        func changed(_ place: Int) -> [UInt8] {
            var changed = bytes
            changed[place] ^= 16
            return changed
        }
        let files: [(bytes: [UInt8], isUseless: Bool)] = [
            (changed(bytes.count / 2), false), (changed(bytes.count - 1), false),
            (bytes + [UInt8](repeating: 0, count: 5000), false), (changed(3), true),
            (changed(80), true), ([], true), (Array(bytes.prefix(50)), true),
            ((0..<bytes.count).map { noise($0, 1, 2) }, true),
            ([UInt8](repeating: 0, count: bytes.count), true),
            (bytes.prefix(77) + [UInt8](repeating: 255, count: 9000), true),
        ]
        for (index, file) in files.enumerated() {
            try sheet.kept.write(file.bytes, to: name)
            let computed = try sheet.map("part", sheet.job(), in: sheet.store).computed
            #expect(try sheet.bytes("part") == expected, "\(index)")
            // Swaths do not begin and end at the same rows in two runs.
            #expect(
                file.isUseless ? computed > whole * 9 / 10 : computed < whole * 9 / 10, "\(index)")
            #expect(try sheet.kept.files.isEmpty)
        }
    }

    @Test func `rows of another scene, model or setting are not used`() throws {
        let job = try sheet.job()
        let outputs = sheet.outputs("part")
        let key = try #require(try job.partialKey(scene: sheet.scene, outputs: outputs))
        var renamed = PartialSheet.model()
        renamed.legend.entries[0].name = "Water"
        for (same, name) in [
            (try sheet.job(threads: 5), "x"), (try sheet.job(model: renamed), "y"),
        ] {
            #expect(try same.partialKey(scene: sheet.scene, outputs: sheet.outputs(name)) == key)
        }
        var keys: Set = [key]
        for way in PartialSheet.Way.allCases.dropFirst() {
            let other = try sheet.job(way).partialKey(scene: sheet.scene, outputs: outputs)
            keys.insert(try #require(other))
        }
        let model = try sheet.job(model: PartialSheet.model(seed: 5))
        keys.insert(try #require(try model.partialKey(scene: sheet.scene, outputs: outputs)))
        let few = try job.partialKey(scene: sheet.scene, outputs: Array(outputs.prefix(2)))
        keys.insert(try #require(few))
        // With a mixture in the read-out, refining by it is what the model is made for.
        #expect(keys.count == PartialSheet.Way.allCases.count + 2)

        try sheet.map("part", job, until: pixels / 2, in: sheet.store)
        try sheet.draw(seed: 4)
        let whole = try sheet.map("whole", job, in: nil).computed
        let changed = try sheet.map("part", job, in: sheet.store)
        #expect(changed.first == 0 && changed.computed > whole * 9 / 10)
        #expect(try sheet.bytes("part") == sheet.bytes("whole"))
        // Those of the old one wait for somebody to remove them.
        #expect(try sheet.kept.files.count == 1)
    }

    @Test func `rows stay for what may pass and go with what does not`() throws {
        let job = try sheet.job()
        let full = AtomicFileError(path: "x", reason: "the disk is full")
        try sheet.map("part", job, in: sheet.store, failing: full)
        #expect(try sheet.kept.files.count == 1)
        // Nothing was left to be computed.
        let last = try sheet.map("part", job, in: sheet.store)
        #expect(last.computed == 0 && last.first > 0)
        try sheet.map("whole", job, in: nil)
        #expect(try sheet.bytes("part") == sheet.bytes("whole"))
        try sheet.map("part", job, in: sheet.store, failing: SegmentError.noAreas)
        #expect(try sheet.kept.files.isEmpty)
    }

    @Test func `a scene that takes little time leaves no rows`() throws {
        let store = PartialRows(folder: sheet.kept.path, delay: .seconds(1000))
        let name = "part"
        try sheet.map(name, sheet.job(), in: store) { _ in
            let files = try sheet.kept.files
            #expect(files.isEmpty)
        }
        try sheet.map(name, sheet.job(), until: pixels / 2, in: store)
        #expect(try sheet.kept.files.isEmpty)
        // Those that are there go on at once, since their scene does not.
        try sheet.map(name, sheet.job(), until: pixels / 4, in: sheet.store)
        let before = try sheet.kept.bytes(of: #require(sheet.kept.files.first)).count
        try sheet.map(name, sheet.job(), until: pixels / 4, in: store)
        #expect(try sheet.kept.bytes(of: #require(sheet.kept.files.first)).count > before)
        // A folder that is not there is no reason not to map.
        try sheet.map(name, sheet.job(), in: PartialRows(folder: sheet.kept("no"), delay: .zero))
        #expect(try sheet.folder.files.contains("part.tif"))
    }

    @Test func `two at once do not touch each other's rows`() throws {
        try sheet.map("whole", sheet.job(), in: nil)
        var isFirst = true
        try sheet.map("part", sheet.job(), in: sheet.store) { done in
            guard done > 1, isFirst else { return }
            isFirst = false
            let other = try sheet.map("other", sheet.job(threads: 1), in: sheet.store)
            #expect(other.first == 0)
            let files = try sheet.kept.files
            #expect(files.count == 1)
            #expect(PartialRows.removeAll(in: sheet.kept.path).isEmpty)
        }
        #expect(!isFirst)
        for name in ["part", "other"] {
            #expect(try sheet.bytes(name) == sheet.bytes("whole"))
        }
        #expect(try sheet.kept.files.isEmpty)
    }

    @Test func `rows that nobody wants are removed, and nothing else`() throws {
        try sheet.map("part", sheet.job(), until: pixels / 2, in: sheet.store)
        try sheet.map("part", sheet.job(.paper), until: pixels / 2, in: sheet.store)
        let outputs = sheet.outputs("part") + [PixelCount(path: "x", failing: nil)]
        let key = try #require(try sheet.job().partialKey(scene: sheet.scene, outputs: outputs))
        try sheet.kept.write([1], to: "short.rows")
        let folder = sheet.kept.path
        #expect(PartialRows.removeAll(in: folder, unusedFor: .seconds(1000)).isEmpty)
        #expect(PartialRows.removeAll(in: folder, but: [key]).count == 1)
        #expect(try sheet.kept.files == [key + ".rows", "short.rows"].sorted())
        #expect(PartialRows.removeAll(in: folder) == [key + ".rows"])
        #expect(PartialRows.removeAll(in: sheet.kept("no")).isEmpty)
    }

    @Test func `rows are not kept where outputs would lack the room`() {
        let outputs = sheet.outputs("part")
        func hasRoom(_ bytes: Int) -> Bool {
            DiskSpace.hasRoom(
                for: bytes, in: sheet.kept.path, beside: outputs, width: 9, height: 9)
        }
        #expect(hasRoom(1) && !hasRoom(.max))
    }
}
