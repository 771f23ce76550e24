import IICInfer
import Testing

@Suite struct PictureTests {
    @Test func `a picture is a PNG file, and one that cannot be made is an error`() throws {
        var picture = Picture(width: 3, height: 2)
        picture.set(4, [1, 2, 3])
        #expect(try Array(picture.png.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
        #expect(throws: (any Error).self) { try Picture(width: 0, height: 2).png }
    }
}
