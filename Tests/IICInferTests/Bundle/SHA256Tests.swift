import IICInfer
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4's companion, and one million times "a".
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `hashes are those of the standard`(text: String, times: Int, hash: String) {
        let text = String(repeating: text, count: times)
        #expect(SHA256.hex(Array(text.utf8)) == hash)
    }

    @Test func `pieces of any size give the hash of the whole`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for size in [1, 3, 55, 56, 63, 64, 65, 127, 128, 999] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hash.update(bytes.span.extracting(start..<min(start + size, bytes.count)))
            }
            let pieces = hash.hex()
            #expect(pieces == SHA256.hex(bytes))
        }
    }
}
