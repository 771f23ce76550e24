import Glibc
package import IICInfer

/// The secret that whoever is not on this machine must know.
package struct AccessToken: Sendable {
    private static let leastCharacters = 16
    private static let mostBytes = 4096

    private let digest: [UInt8]
    /// What a browser keeps in place of the token.
    let cookie: String

    /// Reads the token from a file that only its owner and group may read.
    package init(file path: String) throws {
        let file = try InputFile(path)
        var status = stat()
        guard PathCalls.status(path, &status) == 0 else { throw FileError(path: path, code: errno) }
        guard status.st_mode & 0o007 == 0 else {
            throw TokenError(
                description: "The token file “\(path)” can be read by every user of this machine. "
                    + "Take that away: chmod o-rwx.")
        }
        guard file.size <= Self.mostBytes else {
            throw TokenError(
                description: "The token file “\(path)” has \(file.size) bytes; a token is one line."
            )
        }
        let text = String(decoding: try file.read(0..<file.size), as: UTF8.self)
        let token = text.drop(while: \.isWhitespace)
        try self.init(
            String(
                token.prefix(token.count - token.reversed().prefix(while: \.isWhitespace).count)),
            from: "The token in “\(path)”")
    }

    /// - Parameter source: how an error begins.
    package init(_ token: String, from source: String = "The token") throws {
        guard token.unicodeScalars.count >= Self.leastCharacters else {
            throw TokenError(
                description: "\(source) is too short: it needs \(Self.leastCharacters) characters "
                    + "or more, such as openssl rand -hex 24 prints.")
        }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw TokenError(
                description: "\(source) has spaces, line breaks or letters beyond ASCII, which "
                    + "cannot be sent: use letters and digits.")
        }
        digest = Self.digest(token)
        cookie = SHA256.hex(Array("iicd cookie \(token)".utf8))
    }

    /// Whether `text` is the token. The time that this takes tells nothing of how much of it was right.
    func matches(_ text: String) -> Bool { Self.areEqual(Self.digest(text), digest) }

    func matches(cookie text: String) -> Bool {
        Self.areEqual(Self.digest(text), Self.digest(cookie))
    }

    private static func digest(_ text: String) -> [UInt8] {
        Array(SHA256.hex(Array(text.utf8)).utf8)
    }

    /// Both have the length of a digest.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        zip(left, right).reduce(UInt8(left.count == right.count ? 0 : 1)) { $0 | ($1.0 ^ $1.1) }
            == 0
    }
}

/// Why a token cannot be used.
package struct TokenError: UserError, Equatable {
    package let description: String

    package var exitStatus: ExitStatus { .badInput }
}
