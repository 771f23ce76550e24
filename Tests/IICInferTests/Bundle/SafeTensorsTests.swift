import Foundation
import IICInfer
import ParityCases
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
    private static let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

    /// A file of a header, as it stands, and `data` zero bytes.
    static func file(_ header: String, data: Int) -> [UInt8] {
        file(Array(header.utf8), data: data)
    }

    static func file(_ header: [UInt8], data: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
            + [UInt8](repeating: 0, count: data)
    }

    private static func reason(_ bytes: [UInt8]) -> String? {
        do throws(SafeTensorsError) {
            _ = try SafeTensors(parsing: bytes)
            return nil
        } catch {
            return error.exitStatus == .badInput ? error.reason : "exit \(error.exitStatus)"
        }
    }

    @Test func `every number type comes back as it was`() throws {
        let tensors: [String: SafeTensors.Tensor] = [
            "floats": .init([1.5, -.infinity, .leastNonzeroMagnitude] as [Float], shape: [3, 1]),
            "doubles": .init([0.1, .pi] as [Double]),
            "integers": .init([Int64.min, 0, .max]),
            "bytes": .init([0, 7, 255] as [UInt8]),
            "one": .init([Int64(5)], shape: []),
            "none": .init([Float](), shape: [0, 4]),
        ]
        let written = SafeTensors(metadata: ["key": "“ä”\n\u{1}\\"], tensors: tensors)
        let read = try SafeTensors(parsing: written.serialised)
        #expect(read == written)
        #expect(read.tensors["floats"]?.floats == [1.5, -.infinity, .leastNonzeroMagnitude])
        #expect(read.tensors["floats"]?.shape == [3, 1])
        #expect(read.tensors["doubles"]?.doubles == [0.1, .pi])
        #expect(read.tensors["doubles"]?.floats == [0.1, Float(Double.pi)])
        #expect(try read.tensors["integers"]?.integers == [.min, 0, .max])
        #expect(try read.tensors["bytes"]?.bytes == [0, 7, 255])
        #expect(throws: SafeTensorsError.self) { try read.tensors["floats"]?.integers }
        #expect(throws: SafeTensorsError.self) { try read.tensors["floats"]?.bytes }
    }

    @Test func `the bytes are those of the format, aligned and in a fixed order`() {
        let file = SafeTensors(tensors: [
            "b": .init([1] as [UInt8]), "a": .init([2] as [UInt8]), "z": .init([Int64(3)]),
        ])
        let text =
            #"{"a":{"data_offsets":[8,9],"dtype":"U8","shape":[1]},"#
            + #""b":{"data_offsets":[9,10],"dtype":"U8","shape":[1]},"#
            + #""z":{"data_offsets":[0,8],"dtype":"I64","shape":[1]}}"#
        let padded = text + String(repeating: " ", count: (8 - text.count % 8) % 8)
        #expect(
            file.serialised == Self.file(padded, data: 0) + [3, 0, 0, 0, 0, 0, 0, 0, 2, 1])
    }

    @Test(arguments: [
        "network", "network-subheads", "seamless-even", "seamless-odd",
    ])
    func `files of the reference writer are read`(name: String) throws {
        let url = ParityCase.repositoryFolder.appendingPathComponent("\(name).safetensors")
        let file = try SafeTensors(reading: url.path)
        let counter = file.tensors["state.trunk.features.1.num_batches_tracked"]
        #expect(counter?.shape == [])
        let weights = try #require(file.tensors["state.trunk.features.0.weight"])
        #expect(weights.shape.suffix(3) == [4, 3, 3])
        #expect(weights.floats.allSatisfy { abs($0) < 10 } && weights.floats.contains { $0 != 0 })
        #expect(file.metadata["kB"] != nil)
        // The reference writer sorts the header by place, we by name; the data are in one order.
        let original = try Data(contentsOf: url)
        let size = file.tensors.values.reduce(0) { $0 + $1.data.count }
        #expect(file.serialised.suffix(size) == Array(original.suffix(size))[...])
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, 8, "damaged"),
        (#"[1]"#, 0, "not a JSON object"),
        (#"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#, 8, "type F16"),
        (#"{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#, 8, "type BF16"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "needs 12 bytes"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "not made of counts"),
        (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8, "not made of counts"),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
            "too large"
        ),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "rising"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "rising"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, 8, "rising"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "cut short"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes follow"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "gap"),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
                + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3, "overlaps"
        ),
        (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":1}"#, 0, "twice"),
        (#"{"a":{"dtype":"U8","shape":[0]}}"#, 0, "needs dtype"),
        (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}"#, 0, "needs dtype"),
        (#"{"__metadata__":{"a":1}}"#, 0, "not a string"),
        (#"{"__metadata__":3}"#, 0, "not a JSON object"),
    ])
    func `a header that lies is refused with the reason`(
        header: String, data: Int, reason: String
    ) {
        let found = Self.reason(Self.file(header, data: data))
        #expect(found?.contains(reason) == true, "\(found ?? "read without complaint")")
    }

    @Test func `a nesting bomb is refused`() {
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(Self.reason(Self.file(bomb, data: 0))?.contains("too deep") == true)
        let objects = String(repeating: #"{"a":"#, count: 1_000_000)
        #expect(Self.reason(Self.file(objects, data: 0))?.contains("too deep") == true)
    }

    @Test func `a header that is not UTF-8 is refused`() {
        let header = Array("{\"".utf8) + [0xFF, 0xC0] + Array("\":1}".utf8)
        #expect(Self.reason(Self.file(header, data: 0))?.contains("UTF-8") == true)
    }

    @Test(arguments: [0, 55, 63, 64, 1 << 27, .max / 2, -1] as [Int64])
    func `a wrong header length is refused`(length: Int64) {
        var bytes = Self.file(Self.header, data: 8)
        bytes.replaceSubrange(
            0..<8, with: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        #expect(Self.reason(bytes) != nil)
    }

    @Test func `every cut of a file is refused`() {
        let whole = Self.file(Self.header, data: 8)
        #expect(Self.reason(whole) == nil)
        for count in 0..<whole.count { #expect(Self.reason(Array(whole[..<count])) != nil) }
    }

    @Test func `no flipped bit of a header crashes the reader`() {
        let whole = Self.file(Self.header, data: 8)
        var refused = 0
        for index in 0..<8 + Self.header.utf8.count {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                if Self.reason(bytes) != nil { refused += 1 }
            }
        }
        // Only the tensor's name, and the order of keys, may change without anybody noticing.
        #expect(refused > 8 * Self.header.utf8.count)
    }

    @Test func `missing files, folders and pipes are distinguished`() throws {
        let folder = try TemporaryFolder()
        func status(_ path: String) -> IICInfer.ExitStatus? {
            do throws(SafeTensorsError) {
                _ = try SafeTensors(reading: path)
                return nil
            } catch {
                #expect(error.description.contains(path))
                return error.exitStatus
            }
        }
        #expect(status(folder("none")) == .noInput)
        #expect(status(folder("none/none")) == .noInput)
        #expect(status(folder.path) == .noInput)
        #expect(unsafe mkfifo(folder("pipe"), 0o600) == 0)
        #expect(status(folder("pipe")) == .noInput)
        try Data().write(to: URL(filePath: folder("empty")))
        #expect(status(folder("empty")) == .badInput)
    }

    @Test func `a sparse file that claims a terabyte is refused, not allocated`() throws {
        let folder = try TemporaryFolder()
        let size = 1 << 40
        let header =
            #"{"a":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}"#
        let bytes = Self.file(header, data: 0)
        try Data(bytes).write(to: URL(filePath: folder("sparse")))
        try #require(unsafe truncate(folder("sparse"), bytes.count + size) == 0)
        #expect(throws: SafeTensorsError.self) {
            try SafeTensors(reading: folder("sparse"))
        }
    }

    @Test func `writing replaces a file and leaves nothing else behind`() throws {
        let folder = try TemporaryFolder()
        let path = folder("a.safetensors")
        try SafeTensors(metadata: ["n": "1"]).write(to: path)
        let second = SafeTensors(metadata: ["n": "2"], tensors: ["t": .init([1, 2] as [Float])])
        try second.write(to: path)
        #expect(try SafeTensors(reading: path) == second)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        #expect(throws: AtomicFileError.self) { try second.write(to: folder("none/a")) }
        #expect(throws: AtomicFileError.self) { try second.write(to: "/dev/full") }
    }
}
