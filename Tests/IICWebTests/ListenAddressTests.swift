import IICInfer
import Testing

@testable import IICWeb

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
}
