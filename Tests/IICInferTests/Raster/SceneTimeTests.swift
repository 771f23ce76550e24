import TestSupport
import Testing

@testable import IICInfer

@Suite struct SceneTimeTests {
    @Test(arguments: [
        ("2019:07:04 10:11:12", "2019-07-04T10:11:12Z"),
        ("2019-07-04T10:11:12Z", "2019-07-04T10:11:12Z"),
        ("2019-07-04T10:11:12.0240000+00:00", "2019-07-04T10:11:12.024000Z"),
        ("2020-02-29 23:59:59\0", "2020-02-29T23:59:59Z"),
    ])
    func `a time is read in all its forms`(text: String, time: String) throws {
        let found = try #require(SceneTime(parsing: text, source: "a"))
        #expect(found.start == time && found.end == time && found.source == "a")
    }

    @Test func `a day alone is all of that day`() throws {
        let found = try #require(SceneTime(parsing: "2019-07-04", source: "a"))
        #expect(found.start == "2019-07-04T00:00:00Z" && found.end == "2019-07-04T23:59:59Z")
    }

    @Test(arguments: [
        "", "0000:00:00 00:00:00", "2019-02-29", "2019-13-01", "2019-07-04 24:00:00",
        "2019-07-04 10:11", "2019-07-04T10:11:12+02:00", "04.07.2019", "2019-7-4",
        "2019-07-04 10:11:12.x", "2019-07-04 10:11:12 Z", "+019-07-04",
    ])
    func `what is no time that there was is none`(text: String) {
        #expect(SceneTime(parsing: text, source: "a") == nil)
    }

    @Test func `a scene's own words come before TIFF's tag`() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.scene("a.tif", width: 3, height: 2) { noise($0, $1, $2) }
        func time(_ path: String) throws -> SceneTime? {
            try SceneReader(path: path, roles: rgbInfrared).time
        }
        #expect(try time(scene) == nil)
        let tag = try folder.translate(
            scene, "b.tif", "-mo", "TIFFTAG_DATETIME=2019:07:04 10:11:12")
        #expect(try time(tag)?.start == "2019-07-04T10:11:12Z")
        #expect(try time(tag)?.source == "TIFFTAG_DATETIME")
        let landsat = try folder.translate(
            tag, "c.tif", "-mo", "DATE_ACQUIRED=2018-05-06", "-mo",
            "SCENE_CENTER_TIME=09:08:07.1234567Z")
        #expect(try time(landsat)?.start == "2018-05-06T09:08:07.123456Z")
        #expect(try time(landsat)?.source == "DATE_ACQUIRED")
    }
}
