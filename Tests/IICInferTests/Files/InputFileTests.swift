import Foundation
import IICInfer
import Synchronization
import TestSupport
import Testing

@Suite struct InputFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `bytes are read where they are asked for`() throws {
        let file = try InputFile(try folder.write([1, 2, 3, 4, 5], to: "a"))
        #expect(file.size == 5)
        #expect(try file.read(1..<4) == [2, 3, 4])
        #expect(try file.read(upTo: 9, at: 3) == [4, 5] && file.read(upTo: 9, at: 7) == [])
        #expect(try file.number(at: 1, bytes: 2, bigEndian: true) == 0x0203)
        #expect(try file.number(at: 1, bytes: 2, bigEndian: false) == 0x0302)
        #expect(try file.number(at: 4, bytes: 2, bigEndian: false) == 5)
        #expect(unsafe truncate(folder("a"), 2) == 0)
        #expect(throws: FileError(path: folder("a"), reason: .ended)) { try file.read(0..<5) }
    }

    @Test func `what is no readable file has its reason and exit code 66`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder("loop"), withDestinationPath: folder("loop"))
        #expect(unsafe mkfifo(folder("pipe"), 0o600) == 0)
        let long = folder(String(repeating: "a", count: 300))
        for (path, reason) in [
            (folder("none"), FileError.Reason.system(ENOENT)), (folder.path, .isFolder),
            ("/dev/zero", .isNoFile), (folder("pipe"), .isNoFile), (folder("loop"), .system(ELOOP)),
            (long, .system(ENAMETOOLONG)),
        ] {
            let error = #expect(throws: FileError.self) { _ = try InputFile(path).size }
            #expect(error == FileError(path: path, reason: reason))
            #expect(error?.exitStatus == .noInput)
        }
    }

    /// The memory of a process is a file that is there and answers EIO where nothing is mapped.
    @Test func `a failing disk is reported as such, with exit code 75`() throws {
        let file = try InputFile("/proc/self/mem")
        #expect(throws: FileError(path: "/proc/self/mem", code: EIO)) {
            try file.read(upTo: 8, at: 0)
        }
        #expect(FileError(path: "a", code: EIO).exitStatus == .tryAgain)
        #expect(FileError(path: "a", code: ESTALE).exitStatus == .tryAgain)
        #expect(throws: FileError(path: "/proc/self/mem", code: EIO)) {
            try SceneHash.sha256(file: "/proc/self/mem")
        }
    }

    @Test func `a read that is interrupted or short goes on`() throws {
        var calls = FileCalls.system
        let real = unsafe calls.read
        let counter = Counter()
        unsafe calls.read = { descriptor, target, offset in
            errno = EINTR
            if counter.next().isMultiple(of: 2) { return -1 }
            return unsafe real(
                descriptor, UnsafeMutableRawBufferPointer(rebasing: target[..<1]), offset)
        }
        let file = try InputFile(try folder.write([1, 2, 3, 4, 5], to: "a"), calls: calls)
        #expect(try file.read(0..<5) == [1, 2, 3, 4, 5])
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
    }

    @Test func `a folder's names are bytes and have an order`() throws {
        for name in ["b", "a", "caf\u{E9}", "cafe\u{301}", ".c"] { try folder.write([], to: name) }
        let names = try FolderListing.names(in: folder.path)
        #expect(names == [".c", "a", "b", "cafe\u{301}", "caf\u{E9}"])
        #expect(throws: FileError(path: folder("none"), reason: .noFolder)) {
            try FolderListing.names(in: folder("none"))
        }
        #expect(throws: FileError(path: folder("a"), reason: .isNoFolder)) {
            try FolderListing.names(in: folder("a"))
        }
    }

    @Test func `endings are compared without regard to case`() {
        #expect(FileName("a.TiF").hasEnding(".tif") && !FileName(".tif").hasEnding(".tif"))
        // “[” and “{” differ as capitals do from small letters.
        #expect(!FileName("a[b").hasEnding("{b") && FileName(bytes: [0xE9, 0x61]).hasEnding("a"))
        #expect(FileName("\u{E9}") != "e\u{301}")
        #expect(FileName(FileName(bytes: [0xE9]).text).bytes == [0xE9])
    }
}
