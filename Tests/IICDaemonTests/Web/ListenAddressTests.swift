import Glibc
import IICInfer
import Logging
import Testing

@testable import IICDaemon

struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8472", "127.0.0.1:8472", true), ("localhost:0", "127.0.0.1:0", true),
        ("127.3.2.1:80", "127.3.2.1:80", true), ("[::1]:8472", "[::1]:8472", true),
        ("[0:0:0:0:0:0:0:1]:1", "[::1]:1", true), ("0.0.0.0:8472", "0.0.0.0:8472", false),
        ("[::]:65535", "[::]:65535", false), ("192.168.1.7:1", "192.168.1.7:1", false),
        ("[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", false),
    ])
    func addressesAreRead(text: String, shown: String, isLoopback: Bool) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.description == shown)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "8472", ":8472", "127.0.0.1", "127.0.0.1:", "127.0.0.1:+1", "127.0.0.1:65536",
        "127.0.0.1:-1", "::1:8472", "[::1]", "[::g]:1", "example.org:80", "127.1:80", "[]:1",
        "127.0.0.1:80 ", "300.0.0.1:1",
    ])
    func othersAreRefused(text: String) {
        let error = #expect(throws: UsageError.self) { try ListenAddress(parsing: text) }
        #expect(error?.description.contains("127.0.0.1:8472") == true)
    }

    @Test func otherMachinesNeedAToken() throws {
        let address = try ListenAddress(parsing: "0.0.0.0:0")
        let board = ExampleBoard(full: false)
        let error = #expect(throws: UsageError.self) {
            try StatusServer(
                address: address, token: nil, board: board, logger: .init(label: "test"))
        }
        #expect(error?.description.contains("--token-file") == true)
        _ = try StatusServer(
            address: address, token: AccessToken("0123456789abcdef"), board: board,
            logger: .init(label: "test"))
    }

    @Test func aPortInUseIsReported() throws {
        let board = ExampleBoard(full: false)
        let first = try StatusServer(
            address: ListenAddress(parsing: "127.0.0.1:0"), token: nil, board: board,
            logger: .init(label: "test"))
        #expect(first.address.port > 0)
        let error = #expect(throws: ListenError.self) {
            try StatusServer(
                address: first.address, token: nil, board: board, logger: .init(label: "test"))
        }
        #expect(error?.description.contains("\(first.address)") == true)
        withExtendedLifetime(first) {}
    }
}

struct AccessTokenTests {
    private func token(_ text: String, mode: mode_t = 0o600) throws -> AccessToken {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, "token")
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
