internal import CCrypto

/// The hash that names scenes and models (FIPS 180-4), by OpenSSL's libcrypto.
@safe package struct SHA256: ~Copyable {
    /// In a library context of its own, so that no `openssl.cnf` of the machine takes it away.
    private nonisolated(unsafe) static let algorithm = unsafe EVP_MD_fetch(
        OSSL_LIB_CTX_new(), "SHA256", nil)

    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("libcrypto has no memory") }
        unsafe self.context = context
        Self.check(unsafe EVP_DigestInit_ex2(context, Self.algorithm, nil))
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// The hash of all `bytes`, in hexadecimal.
    package static func hex(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes.span)
        return hash.hex()
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { bytes in
            Self.check(unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
        }
    }

    package mutating func update(_ text: String) { update(Array(text.utf8).span) }

    /// The hash of all that was given, in hexadecimal.
    package consuming func hex() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        Self.check(unsafe EVP_DigestFinal_ex(context, &digest, nil))
        return digest.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Nothing that is hashed can make libcrypto fail, only a library without SHA-256.
    private static func check(_ status: Int32) {
        precondition(status == 1, "libcrypto cannot compute SHA-256")
    }
}
