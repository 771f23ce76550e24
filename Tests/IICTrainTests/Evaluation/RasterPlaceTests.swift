import Foundation
import IICInfer
import Testing

@testable import IICTrain

/// Truth counts where it lies on the labels' pixels, and nowhere else.
@Suite struct RasterPlaceTests {
    private static let utm33 = place(32633)

    private static func place(
        _ epsg: Int, left: Double = 300_000, top: Double = 5_000_000, pixelSize: Double = 0.5
    ) -> Georeference {
        Georeference(epsg: epsg, left: left, top: top, pixelSize: pixelSize) ?? .none
    }

    private static func raster(
        _ place: Georeference, _ name: String = "map.tif", width: Int = 40, height: Int = 30
    ) -> RasterPlace {
        RasterPlace(path: name, width: width, height: height, georeference: place)
    }

    private func check(
        _ labels: Georeference, _ truth: Georeference
    ) throws(EvaluationError) -> [String] {
        try RasterPlace.check(Self.raster(labels), truth: Self.raster(truth, "truth.tif"))
    }

    private func error(_ labels: RasterPlace, _ truth: RasterPlace) -> String {
        do {
            let notes = try RasterPlace.check(labels, truth: truth)
            Issue.record("accepted: \(notes)")
            return ""
        } catch {
            #expect(error.exitStatus == .badInput)
            return error.description
        }
    }

    @Test func `one place is one place, whatever its text`() throws {
        #expect(try check(Self.utm33, Self.utm33).isEmpty)
        #expect(try check(.none, .none).isEmpty)
        var other = Self.utm33
        // As an older program writes it.
        other.crs = """
            PROJCS["WGS 84 / UTM zone 33N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",\
            6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],\
            PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],\
            PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],\
            PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]
            """
        #expect(other.crs != Self.utm33.crs)
        #expect(try check(Self.utm33, other).isEmpty)
    }

    @Test func `two systems that mean the same ground are one place, for all that can be told`()
        throws
    {
        #expect(try check(Self.utm33, Self.place(25833)).isEmpty)
        let next = error(Self.raster(Self.utm33), Self.raster(Self.place(32634), "truth.tif"))
        #expect(next.contains("zone 33N") && next.contains("zone 34N"))
    }

    @Test func `heights do not make another place`() throws {
        var other = Self.utm33
        other.crs = "EPSG:32633+5773"
        #expect(try check(Self.utm33, other).isEmpty)
    }

    @Test func `the same numbers in another reference system are refused, with the way out`() {
        let text = error(Self.raster(Self.utm33), Self.raster(Self.place(32632), "my truth.tif"))
        #expect(
            text
                == "“map.tif” is in WGS 84 / UTM zone 33N (EPSG:32633) and “my truth.tif” in "
                + "WGS 84 / UTM zone 32N (EPSG:32632), so that their pixels are not the same ground; "
                + "bring the truth onto the pixels of “map.tif”: gdalwarp -t_srs EPSG:32633 -te "
                + "300000 4999985 300020 5000000 -ts 40 30 -r near -dstnodata 255 'my truth.tif' "
                + "warped-truth.tif")
        // Degrees and metres.
        #expect(
            error(
                Self.raster(Self.place(4326, left: 8, top: 47, pixelSize: 0.25)),
                Self.raster(Self.utm33, "truth.tif")
            ).contains("-t_srs EPSG:4326 -te 8 39.5 18 47 -ts 40 30"))
    }

    @Test(arguments: [
        (0.6, 0.0, "0.6"), (0.0, -0.5, "0.5"), (-4.0, 0.0, "4.0"), (1e3, 1e3, "1000.0"),
        (1e9, 0.0, "far apart"),
    ])
    func `half a pixel and more is another place`(right: Double, down: Double, words: String) {
        let truth = Self.place(
            32633, left: 300_000 + right / 2, top: 5_000_000 - down / 2)
        let text = error(Self.raster(Self.utm33), Self.raster(truth, "truth.tif"))
        #expect(text.contains(words), "\(text)")
        #expect(
            text.hasSuffix(
                "bring the truth onto the pixels of “map.tif”: gdalwarp -te 300000 4999985 300020 "
                    + "5000000 -ts 40 30 -r near -dstnodata 255 truth.tif warped-truth.tif"),
            "\(text)")
    }

    @Test func `less than half a pixel is said, less than a hundredth is not`() throws {
        let near = Self.place(32633, left: 300_000.15)
        #expect(
            try check(Self.utm33, near) == [
                "The pixels of “truth.tif” lie up to 0.30 pixels beside those of “map.tif”: they are "
                    + "compared as they are."
            ])
        #expect(try check(Self.utm33, Self.place(32633, left: 300_000.004)).isEmpty)
    }

    /// Pixels that are a little larger drift apart over a raster.
    @Test func `pixel sizes count at the far corner`() throws {
        let larger = Self.place(32633, pixelSize: 0.5 * (1 + 0.3 / 40))
        #expect(try check(Self.utm33, larger).first?.contains("0.30 pixels") == true)
        let (one, two) = (
            Self.raster(Self.utm33, width: 100, height: 30),
            Self.raster(larger, "truth.tif", width: 100, height: 30)
        )
        #expect(error(one, two).contains("0.7 pixels apart"))
        var turned = Self.utm33
        turned.transform = [300_000, 0, 0.5, 5_000_000, 0.5, 0]
        #expect(error(Self.raster(Self.utm33), Self.raster(turned, "t.tif")).contains("gdalwarp"))
        // gdalwarp makes no turned rasters.
        #expect(
            error(Self.raster(turned), Self.raster(Self.utm33, "t.tif"))
                .hasSuffix("warp “t.tif” onto the pixels of “map.tif” with gdalwarp."))
    }

    @Test func `what says nothing of its place is taken as it lies, and that is said`() throws {
        var unnamed = Self.utm33
        unnamed.crs = nil
        #expect(
            try check(Self.utm33, unnamed) == [
                "“truth.tif” names no reference system: its coordinates are taken for those of "
                    + "“map.tif”."
            ])
        #expect(try check(unnamed, unnamed).isEmpty)
        unnamed.transform?[0] += 10
        #expect(
            error(Self.raster(unnamed), Self.raster(Self.utm33, "t.tif")).contains("20.0 pixels"))
        #expect(
            try check(.none, Self.utm33) == [
                "“map.tif” does not say where its pixels lie: they are taken for those of “truth.tif”."
            ])
        var scanned = Georeference.none
        scanned.controlPoints = [.init(pixel: 1, line: 2, x: 3, y: 4)]
        #expect(try check(scanned, scanned).isEmpty)
        #expect(try check(scanned, .none).first?.hasPrefix("The control points of") == true)
    }

    @Test func `other sizes are refused, with the way out where there is one`() {
        let small = Self.raster(Self.utm33, "t.tif", width: 39)
        #expect(
            error(Self.raster(Self.utm33), small)
                == "“map.tif” has 40 × 30 pixels and “t.tif” 39 × 30; cut both to the same extent: "
                + "gdalwarp -te 300000 4999985 300020 5000000 -ts 40 30 -r near -dstnodata 255 t.tif "
                + "warped-truth.tif")
        #expect(
            error(Self.raster(.none), Self.raster(.none, "t.tif", width: 39))
                .hasSuffix("cut both to the same extent."))
    }

    @Test func `names of files are quoted for a shell where that is needed`() {
        for (name, quoted) in [
            ("a/b_1.tif", "a/b_1.tif"), ("it's $1.tif", #"'it'\''s $1.tif'"#), ("ä.tif", "'ä.tif'"),
        ] {
            let text = error(Self.raster(Self.utm33), Self.raster(Self.place(32632), name))
            #expect(text.hasSuffix(" 255 \(quoted) warped-truth.tif"), "\(text)")
        }
    }
}
