import ArgumentParser
import IICWeb

/// The flags of every command that asks a person on a page.
struct PageFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the page is (default: a free port of this machine); any address but loopback "
                + "needs --token-file.", valueName: "address:port"))
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "The file with the secret that readers of the page must show.", valueName: "file"))
    var tokenFile: String?

    /// Whether none of them was given.
    var isEmpty: Bool { listen == nil && tokenFile == nil }

    var token: AccessToken? { get throws { try tokenFile.map { try AccessToken(file: $0) } } }

    func validate() throws {
        guard tokenFile == nil || listen != nil else {
            throw ValidationError("--token-file needs --listen, which it is about.")
        }
    }
}
