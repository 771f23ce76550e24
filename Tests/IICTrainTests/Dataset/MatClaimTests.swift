import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICTrain

/// Headers of .mat files that say something else than the files hold.
@Suite struct MatClaimTests {
    private let files: TemporaryFolder

    init() throws { files = try TemporaryFolder() }

    static let kinds: [MatBytes] = [false, true].flatMap { isBig in
        [false, true].map { MatBytes(isBigEndian: isBig, isCompressed: $0) }
    }

    private func write(_ bytes: [UInt8]) throws -> String {
        try files.write(bytes, to: "0.mat")
    }

    /// Why a file of this variable cannot be read as a tile; nil if it can.
    private func reason(_ bytes: MatBytes, _ variable: [UInt8]) throws -> MatError.Reason? {
        let path = try write(bytes.file(variable))
        do {
            _ = try MatFile.tile(at: path)
            return nil
        } catch {
            #expect(error.exitStatus == .badInput && error.description.contains(path))
            return error.reason
        }
    }

    @Test(arguments: kinds)
    func `what is true is read`(_ bytes: MatBytes) throws {
        let data = (0..<2400).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let path = try write(
            bytes.file(
                bytes.variable("other", dimensions: [1, 3], data: [1, 2, 3]),
                bytes.variable("img", dimensions: [20, 30, 4], data: data)))
        let tile = try MatFile.tile(at: path)
        #expect(tile.height == 20 && tile.width == 30 && tile.channels == 4)
        #expect(
            tile.pixels == ColumnMajor.toRows(data, height: 20, width: 30, channels: 4))
    }

    @Test(arguments: kinds)
    func `values may be stored as a lesser type, and not as a larger one`(
        _ bytes: MatBytes
    ) throws {
        let labels = bytes.variable(
            "gt", kind: MatBytes.double, dimensions: [2, 3], data: [0, 1, 2, 3, 4, 5])
        #expect(
            try MatFile.labels(at: write(bytes.file(labels))).labels == [0, 2, 4, 1, 3, 5])
        let pixels = bytes.variable(
            "img", dimensions: [2, 3], stored: 9, data: Array(repeating: 0, count: 48))
        #expect(try reason(bytes, pixels) == .damaged("“img”"))
        let nothing = bytes.variable(
            "img", dimensions: [2, 3], stored: 99, data: [1, 2, 3, 4, 5, 6])
        #expect(try reason(bytes, nothing) == .damaged("“img”"))
    }

    @Test(arguments: kinds)
    func `more or less than the data hold is refused with both numbers`(_ bytes: MatBytes) throws {
        let data = [UInt8](repeating: 9, count: 2400)
        for (dimensions, count) in [
            ([20, 40, 4], nil), ([20, 40, 4], 3200), ([10, 30, 4], nil), ([10, 30, 4], 1200),
            ([20, 30, 5], nil), ([2401, 1], nil), ([1, 1], nil), ([20, 30, 4, 2], nil),
        ] as [([Int], Int?)] {
            let needed = dimensions.reduce(1, *)
            let text = dimensions.map(String.init).joined(separator: " × ")
            #expect(
                try reason(
                    bytes,
                    bytes.variable("img", dimensions: dimensions, data: data, count: count))
                    == .claimsOther("img", "\(text), which takes \(needed) bytes", has: 2400),
                "\(dimensions) \(count ?? 0)")
        }
        // The right dimensions, and a tag that says less or more of the bytes.
        for count in [1200, 2392, 2408, 1 << 30] {
            #expect(
                try reason(
                    bytes,
                    bytes.variable("img", dimensions: [20, 30, 4], data: data, count: count))
                    == .claimsOther("img", "\(count) bytes of values", has: 2400), "\(count)")
        }
    }

    @Test(arguments: kinds)
    func `numbers of all types are read`(_ bytes: MatBytes) throws {
        let values = [-3, 0, 1, 70_000, -70_000, 6]
        let reals = values.map { Double($0) }
        let (whole, single, double) = (
            values.flatMap { bytes.number($0) },
            reals.flatMap { bytes.number(Int(Float($0).bitPattern)) },
            reals.flatMap { bytes.number(Int(bitPattern: UInt($0.bitPattern)), bytes: 8) }
        )
        for (kind, stored, data) in [
            (12, 5, whole), (14, 5, whole), (7, 7, single), (6, 7, single), (6, 9, double),
            (6, 5, whole), (14, 12, values.flatMap { bytes.number($0, bytes: 8) }),
        ] {
            let truth = bytes.variable(
                "gt", kind: kind, dimensions: [2, 3], stored: stored, data: data)
            #expect(
                try MatFile.labels(at: write(bytes.file(truth))).labels
                    == [-3, 1, -70_000, 0, 70_000, 6], "\(kind) as \(stored)")
        }
    }

    /// matio reads all of them, and takes memory for what they claim to be.
    @Test(arguments: kinds)
    func `other variables are not looked into`(_ bytes: MatBytes) throws {
        let data = (0..<24).map { UInt8($0 * 7) }
        let image = bytes.variable("img", dimensions: [2, 3, 4], data: data)
        let others = [
            // A cell array of many cells, and none.
            bytes.variable("a", kind: 1, dimensions: [1 << 20, 1], data: []),
            // A structure whose fields' names are longer than it.
            bytes.variable(
                "b", kind: 2, dimensions: [1, 1], stored: 5, data: bytes.number(1 << 20)),
            bytes.variable("c", kind: 3, dimensions: [1, 1], data: [1, 2, 3], count: 1 << 20),
            bytes.variable(
                "d", kind: 5, dimensions: [9, 9], stored: 5, data: bytes.number(1 << 20)),
        ]
        for other in others {
            let tile = try MatFile.tile(at: write(bytes.file(other, image)))
            #expect(tile.pixels == ColumnMajor.toRows(data, height: 2, width: 3, channels: 4))
        }
    }

    @Test(arguments: kinds)
    func `a variable without a header is damage, whichever it is`(_ bytes: MatBytes) throws {
        let plain = MatBytes(isBigEndian: bytes.isBigEndian)
        let image = bytes.variable("img", dimensions: [2, 3], data: [1, 2, 3, 4, 5, 6])
        let other = plain.variable("other", dimensions: [1, 3], data: [1, 2, 3])
        // Tag, flags, dimensions; then the name's tag, whose second half is its length.
        let lengths = [(44, 1 << 20), (28, 1 << 20), (12, 4)]
        // Its first half is the type.
        let types = [(40, 2), (24, 6), (8, 5)]
        for (place, value) in lengths + types {
            var damaged = other
            damaged.replaceSubrange(place..<place + 4, with: bytes.number(value))
            let path = try write(bytes.file(bytes.compressed(damaged), image))
            #expect(
                throws: MatError(path: path, reason: .damaged("The list of variables")),
                "\(place)"
            ) { try MatFile.tile(at: path) }
        }
    }

    @Test func `no compressed variable claims more than its stream can hold`() throws {
        let bytes = MatBytes(isCompressed: true)
        try FileManager.default.createDirectory(
            atPath: files("imgs"), withIntermediateDirectories: true)
        let data = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let huge = 1 << 29
        try files.write(
            bytes.file(
                bytes.variable(
                    "img", dimensions: [1 << 14, 1 << 13, 4], data: data, count: huge,
                    claims: huge - data.count)), to: "imgs/0.mat")
        for read in [
            { try MatFolder(path: files.path).checkTiles() },
            { _ = try MatFile.tile(at: files("imgs/0.mat")) },
        ] as [() throws -> Void] {
            let error = #expect(throws: MatError.self) { try read() }
            guard case .claimsOther("img", let claimed, let has)? = error?.reason else {
                Issue.record("\(error as Any)")
                continue
            }
            #expect(claimed.contains("takes \(huge) bytes") && has < 64 << 20)
        }
    }

    @Test func `a compressed variable whose length is another than it says is refused`() throws {
        for isBig in [false, true] {
            let bytes = MatBytes(isBigEndian: isBig, isCompressed: true)
            let data = [UInt8](repeating: 9, count: 2400)
            let plain = MatBytes(isBigEndian: isBig)
                .variable("img", dimensions: [20, 30, 4], data: data).count
            for more in [-8, 8, 80_000] {
                let variable = bytes.variable(
                    "img", dimensions: [20, 30, 4], data: data, claims: more)
                #expect(
                    try reason(bytes, variable)
                        == .claimsOther(
                            "img", "\(plain + more) bytes with its header", has: plain))
            }
        }
    }

    @Test func `the message names the file, what it claims and what it has`() throws {
        let bytes = MatBytes()
        let path = try write(
            bytes.file(
                bytes.variable(
                    "img", dimensions: [200, 300, 4], data: Array(repeating: 1, count: 160_000))))
        let error = #expect(throws: MatError.self) { try MatFile.tile(at: path) }
        #expect(
            error?.description
                == "“img” in “\(path)” claims to be 200 × 300 × 4, which takes 240000 bytes, and "
                + "has 160000; copy or save it again.")
    }

    /// Before an epoch begins, and without reading all of them.
    @Test(arguments: kinds)
    func `a folder is checked by its headers`(_ bytes: MatBytes) throws {
        try FileManager.default.createDirectory(
            atPath: files("imgs"), withIntermediateDirectories: true)
        let data = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 * $0) }
        try files.write(
            bytes.file(bytes.variable("img", dimensions: [100, 150, 4], data: data)),
            to: "imgs/0.mat")
        try MatFolder(path: files.path).checkTiles()
        try files.write(
            bytes.file(bytes.variable("img", dimensions: [100, 151, 4], data: data)),
            to: "imgs/1.mat")
        let error = #expect(throws: MatError.self) {
            try MatFolder(path: files.path).checkTiles()
        }
        #expect(
            error
                == MatError(
                    path: files("imgs/1.mat"),
                    reason: .claimsOther(
                        "img", "100 × 151 × 4, which takes 60400 bytes", has: 60_000)))
    }

    @Test(arguments: kinds)
    func `what is no array of real numbers is named`(_ bytes: MatBytes) throws {
        let data = [UInt8](repeating: 1, count: 24)
        for (kind, flags, name) in [
            (1, 0, "cell"), (2, 0, "struct"), (3, 0, "object"), (4, 0, "char"), (5, 0, "sparse"),
            (16, 0, "function handle"), (17, 0, "opaque object"), (9, 8, "complex uint8"),
            (9, 2, "logical"), (9, 10, "complex logical"), (12, 0, "int32"),
            (20, 0, "another kind"),
        ] {
            let stored = kind == 12 ? 5 : 2
            let variable = bytes.variable(
                "img", kind: kind, flags: flags, dimensions: kind == 12 ? [2, 3] : [2, 3, 4],
                stored: stored, data: data)
            #expect(
                try reason(bytes, variable)
                    == .wrongType("img", found: name, wanted: "uint8"), "\(name)")
        }
    }

    @Test(arguments: kinds)
    func `truth may be logical, and not complex`(_ bytes: MatBytes) throws {
        let truth = bytes.variable(
            "gt", flags: 2, dimensions: [2, 3], data: [1, 0, 0, 1, 1, 1])
        #expect(try MatFile.labels(at: write(bytes.file(truth))).labels == [1, 0, 1, 0, 1, 1])
        let path = try write(
            bytes.file(
                bytes.variable(
                    "gt", kind: MatBytes.double, flags: 8, dimensions: [2, 3],
                    data: [1, 0, 0, 1, 1, 1])))
        #expect(
            throws: MatError(
                path: path,
                reason: .wrongType("gt", found: "complex double", wanted: "whole numbers"))
        ) { try MatFile.labels(at: path) }
    }

    @Test func `an empty array has no value`() throws {
        for bytes in Self.kinds {
            let variable = bytes.variable("img", dimensions: [0, 3], data: [])
            #expect(
                try reason(bytes, variable)
                    == .wrongShape("img", found: [0, 3], wanted: "at least one value"))
        }
    }

    /// The chunks of 3 × 2 × 2 values of an array of 5 × 3 × 4, whose last number is HDF5's first.
    @Test(arguments: [(50, 68), (2, 4), (7, 12)])
    func `a version 7 point 3 file has the chunks that it claims`(height: Int, chunks: Int) throws {
        let source = (Bundle.module.resourceURL?.path ?? "") + "/MatTiles/h5py.mat"
        var data = try Data(contentsOf: URL(filePath: source))
        let dimensions = [4, 3, 5].flatMap { MatBytes().number($0, bytes: 8) }
        let place = try #require(data.firstRange(of: dimensions + dimensions))
        for start in [place.lowerBound + 16, place.lowerBound + 40] {
            data.replaceSubrange(start..<start + 8, with: MatBytes().number(height, bytes: 8))
        }
        try files.write(Array(data), to: "0.mat")
        let error = #expect(throws: MatError.self) { try MatFile.tile(at: files("0.mat")) }
        #expect(
            error?.reason
                == .claimsOther("img", "\(height) × 3 × 4, which takes \(chunks) chunks", has: 8))
    }

    @Test func `a version 7 point 3 file that is not compressed has the bytes that it claims`()
        throws
    {
        let tile = MatTile(
            height: 50, width: 30, channels: 4, pixels: Array(repeating: 7, count: 6000))
        try MatFile.write(tile, to: files("0.mat"), version: .seven, compressed: false)
        let whole = Data(try files.bytes(of: "0.mat"))
        let dimensions = [4, 30, 50].flatMap { MatBytes().number($0, bytes: 8) }
        for height in [40, 60] {
            var data = whole
            var found = 0
            while let place = data.firstRange(of: dimensions) {
                let start = place.lowerBound + 16
                data.replaceSubrange(start..<start + 8, with: MatBytes().number(height, bytes: 8))
                found += 1
            }
            #expect(found > 0)
            try files.write(Array(data), to: "1.mat")
            let error = #expect(throws: MatError.self) { try MatFile.tile(at: files("1.mat")) }
            #expect(
                error?.reason
                    == .claimsOther(
                        "img", "\(height) × 30 × 4, which takes \(height * 120) bytes", has: 6000))
        }
    }
}
