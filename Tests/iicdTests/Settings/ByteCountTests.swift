import Testing
import iicd

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("1GiB", 1 << 30), ("512MiB", 512 << 20), ("1.5GiB", 3 << 29), ("4GB", 4_000_000_000),
        ("300", 300), ("300B", 300), ("2kib", 2048), ("1TB", 1_000_000_000_000),
        ("1PiB", 1 << 50),
    ])
    func `binary and decimal units are distinguished`(text: String, bytes: Int) {
        #expect(ByteCount(argument: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "GiB", "-1", "0", "0.1", "inf", "nan", "1e9", "0x10", "1 GiB", "1GiBs", "9999999TiB",
        "1..2GiB", "+5",
    ])
    func `what is no amount of memory is refused`(text: String) {
        #expect(ByteCount(argument: text) == nil)
    }
}
