import Synchronization
import TestSupport
import Testing

@testable import IICDaemon

@Suite struct FreeSpaceTests {
    @Test func `work goes on only when there is a little more than the minimum`() throws {
        let free = Free(bytes: 3000)
        let space = FreeSpace(minimum: 2000, folders: ["maps", "state"]) { folder in
            folder == "maps" ? 1 << 40 : free.bytes.withLock { $0 }
        }
        #expect(space.shortage() == nil)
        free.bytes.withLock { $0 = 1999 }
        let sentence = try #require(space.shortage())
        #expect(sentence.contains("“state”") && sentence.contains("--min-free"))
        free.bytes.withLock { $0 = 2050 }
        #expect(space.shortage() != nil)
        free.bytes.withLock { $0 = 2100 }
        #expect(space.shortage() == nil)
        free.bytes.withLock { $0 = 2050 }
        #expect(space.shortage() == nil)
    }

    @Test func `what does not tell, and no minimum, stop nothing`() {
        #expect(FreeSpace(minimum: 1, folders: ["a"]) { _ in nil }.shortage() == nil)
        #expect(FreeSpace(minimum: 0, folders: ["a"]) { _ in 0 }.shortage() == nil)
    }

    @Test func `a real file system tells`() throws {
        let base = try TemporaryFolder()
        #expect(FreeSpace(minimum: 1 << 59, folders: [base.path]).shortage() != nil)
        #expect(FreeSpace(minimum: 1 << 59, folders: [base("missing")]).shortage() == nil)
    }

    private final class Free: Sendable {
        let bytes: Mutex<Int>

        init(bytes: Int) { self.bytes = Mutex(bytes) }
    }
}
