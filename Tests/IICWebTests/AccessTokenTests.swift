import Foundation
import Glibc
import IICInfer
import Testing

@testable import IICWeb

struct AccessTokenTests {
    private func token(_ text: String, mode: mode_t = 0o600) throws -> AccessToken {
        let path = NSTemporaryDirectory() + "iicd-token-\(UUID().uuidString)"
        defer { _ = PathCalls.unlink(path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let status = unsafe path.withCPath { unsafe chmod($0, mode) }
        #expect(status == 0)
        return try AccessToken(file: path)
    }

    @Test func spaceAroundItDoesNotCount() throws {
        let token = try token("  0123456789abcdef \r\n", mode: 0o640)
        #expect(token.matches("0123456789abcdef"))
        #expect(!token.matches("0123456789abcdeF") && !token.matches("") && !token.matches(" "))
        #expect(token.matches(cookie: token.cookie) && !token.matches(cookie: ""))
        #expect(!token.matches(token.cookie) && !token.matches(cookie: "0123456789abcdef"))
    }

    @Test(arguments: ["", "\n", "0123456789abcde", "0123456789 abcdef", "0123456789abcdéf"])
    func weakOnesAreRefused(text: String) {
        #expect(throws: TokenError.self) { try token(text) }
    }

    @Test func aFileThatOthersReadIsRefused() {
        let error = #expect(throws: TokenError.self) { try token("0123456789abcdef", mode: 0o644) }
        #expect(error?.description.contains("chmod") == true)
        #expect(throws: FileError.self) { try AccessToken(file: "/nowhere/at/all") }
    }
}
