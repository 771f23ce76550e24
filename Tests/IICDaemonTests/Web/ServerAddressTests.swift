import IICInfer
import Logging
import Testing

@testable import IICDaemon
@testable import IICWeb

struct ServerAddressTests {
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
