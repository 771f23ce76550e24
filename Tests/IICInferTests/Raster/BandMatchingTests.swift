import IICInfer
import Testing

@Suite struct BandMatchingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The bands that a file with these descriptions gives.
    func match(_ descriptions: [String], roles: [BandRole] = rgbInfrared) throws -> [Int] {
        let writer = try RasterWriter(
            path: folder("a.tif"), width: 2, height: 2,
            bands: descriptions.map { .init(role: .other, description: $0) }, type: .uint16)
        try writer.finish()
        return try SceneReader(path: folder("a.tif"), roles: roles).bands
    }

    @Test func `names tell before the order does`() throws {
        #expect(try match(["nir", "red", "green", "blue"]) == [2, 3, 4, 1])
        #expect(try match(["B02", "B03", "B04", "B05", "B08"]) == [3, 2, 1, 5])
        #expect(try match(["Blue", "Green", "Red", "Near Infrared", "other"]) == [3, 2, 1, 4])
    }

    @Test func `without names four bands go by their order`() throws {
        #expect(try match(["", "", "", ""]) == [1, 2, 3, 4])
        #expect(try match(["", "", "", ""], roles: [.red, .green, .blue]) == [1, 2, 3])
        #expect(try match(["red", "green", "blue", ""]) == [1, 2, 3, 4])
    }

    @Test func `what stays unclear is refused`() throws {
        #expect(throws: RasterError.self) { try match(["", "", "", "", "", ""]) }
        #expect(throws: RasterError.self) { try match(["red", "green", "blue", "x", "y"]) }
    }
}
