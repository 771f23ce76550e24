import Foundation
import IICInfer
import Testing

@testable import IICTrain

@Suite struct MatFileTests {
    private struct TileFacts: Decodable {
        let first: [UInt8]
        let inner: [UInt8]
        let last: [UInt8]
        let sum: Int
        let histogram: [Int]

        enum CodingKeys: String, CodingKey {
            case first = "img[0,0]"
            case inner = "img[3,7]"
            case last = "img[199,198]"
            case sum
            case histogram = "gt histogram"
        }
    }

    private static var tiles: String {
        Bundle.module.resourceURL?.appendingPathComponent("MatTiles").path ?? ""
    }

    @Test func `tiles hold what the program that wrote them says`() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(Self.tiles)/truth.json"))
        let facts = try JSONDecoder().decode([String: TileFacts].self, from: data)
        #expect(facts.count == 3)
        for (name, fact) in facts {
            let tile = try MatFile.tile(at: "\(Self.tiles)/imgs/\(name).mat")
            #expect(tile.height == 200 && tile.width == 200 && tile.channels == 4)
            func pixel(_ row: Int, _ column: Int) -> [UInt8] {
                Array(tile.pixels[(row * 200 + column) * 4..<(row * 200 + column + 1) * 4])
            }
            #expect(pixel(0, 0) == fact.first)
            #expect(pixel(3, 7) == fact.inner)
            #expect(pixel(199, 198) == fact.last)
            #expect(tile.pixels.reduce(0) { $0 + Int($1) } == fact.sum)
            let gt = "\(Self.tiles)/gt/\(name).mat"
            guard FileManager.default.fileExists(atPath: gt) else { continue }
            var histogram = [Int](repeating: 0, count: 6)
            for label in try MatFile.labels(at: gt).labels { histogram[Int(label)] += 1 }
            #expect(histogram == fact.histogram)
        }
    }

    private static let tile = MatTile(
        height: 5, width: 3, channels: 4, pixels: (0..<60).map { UInt8($0 * 4) })
    private static let labels = MatLabels(
        height: 5, width: 3, labels: (0..<15).map { Int32($0) - 2 })

    @Test(arguments: [true, false])
    func `version 5 comes back as it was written, compressed or not`(compressed: Bool) throws {
        try withFolder { folder in
            try MatFile.write(Self.tile, to: "\(folder)/a.mat", compressed: compressed)
            try MatFile.write(Self.labels, to: "\(folder)/b.mat", compressed: compressed)
            #expect(try MatFile.tile(at: "\(folder)/a.mat") == Self.tile)
            #expect(try MatFile.labels(at: "\(folder)/b.mat") == Self.labels)
        }
    }

    @Test func `version 7 point 3 comes back as it was written`() throws {
        try withFolder { folder in
            for compressed in [true, false] {
                try MatFile.write(
                    Self.tile, to: "\(folder)/a.mat", version: .seven,
                    compressed: compressed)
                try MatFile.write(
                    Self.labels, to: "\(folder)/b.mat", version: .seven,
                    compressed: compressed)
                #expect(try MatFile.tile(at: "\(folder)/a.mat") == Self.tile)
                #expect(try MatFile.labels(at: "\(folder)/b.mat") == Self.labels)
            }
        }
    }

    /// 60 bytes 0, 4, 8, … as 5 × 3 × 4, written by h5py 3.16 with a MATLAB header before it.
    @Test func `version 7 point 3 by h5py is read`() throws {
        #expect(try MatFile.tile(at: "\(Self.tiles)/h5py.mat") == Self.tile)
    }

    @Test func `two writes give the same bytes`() throws {
        try withFolder { folder in
            try MatFile.write(Self.tile, to: "\(folder)/a.mat")
            try MatFile.write(Self.tile, to: "\(folder)/b.mat")
            let files = FileManager.default
            #expect(
                files.contents(atPath: "\(folder)/a.mat")
                    == files.contents(atPath: "\(folder)/b.mat"))
        }
    }

    @Test func `labels may be doubles with whole values, and no others`() throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            func write(_ values: [Double]) throws {
                try MatFile.write(doubles: values, named: "gt", dimensions: [2, 2], to: path)
            }
            try write([0, 1, 2, -1])
            #expect(try MatFile.labels(at: path).labels == [0, 2, 1, -1])
            for value in [0.5, .nan, .infinity, 3e9] {
                try write([0, 1, 2, value])
                #expect(throws: MatError(path: path, reason: .notWhole("gt"))) {
                    try MatFile.labels(at: path)
                }
            }
        }
    }

    @Test func `wrong variable, type and rank are distinguished`() throws {
        try withFolder { folder in
            let image = "\(folder)/a.mat"
            let truth = "\(folder)/b.mat"
            try MatFile.write(Self.tile, to: image)
            try MatFile.write(Self.labels, to: truth)
            #expect(throws: MatError(path: image, reason: .noVariable("gt", found: ["img"]))) {
                try MatFile.labels(at: image)
            }
            #expect(
                throws: MatError(
                    path: truth, reason: .wrongType("gt", found: "int32", wanted: "uint8"))
            ) {
                try MatFile.tile(at: truth, variable: "gt")
            }
            #expect(
                throws: MatError(
                    path: image,
                    reason: .wrongShape("img", found: [5, 3, 4], wanted: "height × width"))
            ) {
                try MatFile.labels(at: image, variable: "img")
            }
        }
    }

    @Test func `what is no file, or no mat file, is refused`() throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            func reason() -> MatError.Reason? {
                do {
                    _ = try MatFile.tile(at: path)
                    return nil
                } catch { return error.reason }
            }
            #expect(reason() == .unreadable(FileError(path: path, code: ENOENT)))
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            #expect(reason() == .unreadable(FileError(path: path, reason: .isFolder)))
            try FileManager.default.removeItem(atPath: path)
            for (text, expected) in [
                ("", MatError.Reason.empty), ("hello", .notMat),
                (String(repeating: "text ", count: 1000), .notMat),
                ("MATLAB " + String(repeating: "text ", count: 1000), .notMat),
            ] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(reason() == expected)
            }
        }
    }

    @Test(arguments: [EACCES, EIO, ESTALE])
    func `a disk that fails does not make a file a damaged one`(code: Int32) throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(MatLabels(height: 3, width: 2, labels: [1, 2, 3, 4, 5, 6]), to: path)
            // All is well up to this place of the file.
            for place in [0, 128, 136] {
                var calls = FileCalls.system
                let real = unsafe calls.read
                unsafe calls.read = { descriptor, target, offset in
                    guard offset >= place else { return unsafe real(descriptor, target, offset) }
                    errno = code
                    return -1
                }
                let error = #expect(throws: MatError.self) {
                    _ = try MatEnvelope(path: path, calls: calls)
                }
                #expect(error?.reason == .unreadable(FileError(path: path, code: code)))
                #expect(error?.exitStatus == (code == EACCES ? .noInput : .tryAgain))
            }
        }
    }

    @Test(arguments: [true, false], MatFile.Version.allCases)
    func `a file cut off anywhere is an error`(compressed: Bool, version: MatFile.Version) throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(
                Self.tile, to: path, version: version, compressed: compressed)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for count in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                #expect(throws: MatError.self, "\(count) of \(whole.count)") {
                    try MatFile.tile(at: path)
                }
            }
        }
    }

    /// Some damage cannot be seen, such as another pixel value; none may crash or hang. Version 5
    /// only: HDF5 1.10 itself crashes on about one in 300 files that are damaged so.
    @Test(arguments: [true, false])
    func `a version 5 file with wrong bytes never crashes the reader`(compressed: Bool) throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(Self.tile, to: path, compressed: compressed)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var random = SplitMix64(seed: 3)
            for _ in 0..<400 {
                var damaged = whole
                for _ in 0..<1 + random.index(below: 3) {
                    damaged[random.index(below: damaged.count)] = UInt8(
                        truncatingIfNeeded: random.next())
                }
                try damaged.write(to: URL(fileURLWithPath: path))
                do {
                    let tile = try MatFile.tile(at: path)
                    #expect(tile.pixels.count == tile.height * tile.width * tile.channels)
                } catch let error as MatError {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    /// matio alone gives other pixels for most of them.
    @Test func `a wrong byte in a compressed variable never gives other pixels`() throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(Self.tile, to: path)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for place in 128..<whole.count {
                var damaged = whole
                damaged[place] ^= 0x5A
                try damaged.write(to: URL(fileURLWithPath: path))
                // A few bits mean nothing, such as the level that the stream says it has.
                do {
                    #expect(try MatFile.tile(at: path) == Self.tile, "\(place)")
                } catch is MatError {}
            }
        }
    }

    @Test func `damage in a compressed variable is reported as a sentence`() throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(Self.tile, to: path)
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            data[data.count - 1] ^= 0x5A
            try data.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: MatError.self) { try MatFile.tile(at: path) }
            #expect(
                error?.description
                    == "A compressed variable in “\(path)” is damaged and cannot be read; "
                    + "copy or save it again.")
        }
    }

    @Test func `huge dimensions are refused before anything is read`() throws {
        try withFolder { folder in
            let path = "\(folder)/a.mat"
            try MatFile.write(Self.tile, to: path, compressed: false)
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            // After the header, the element's tag and the array flags: the dimensions' tag.
            let start = 128 + 8 + 16 + 8
            for index in 0..<3 {
                data.replaceSubrange(
                    start + 4 * index..<start + 4 * index + 4, with: [0xFF, 0xFF, 0xFF, 0x7F])
            }
            try data.write(to: URL(fileURLWithPath: path))
            let huge = Int(Int32.max)
            #expect(
                throws: MatError(path: path, reason: .tooLarge("img", [huge, huge, huge]))
            ) {
                try MatFile.tile(at: path)
            }
        }
    }
}
