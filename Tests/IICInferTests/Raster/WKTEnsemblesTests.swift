import Foundation
import Synchronization
import Testing

@testable import IICInfer

@Suite struct WKTEnsemblesTests {
    /// ETRS89 / UTM zone 33N as GDAL writes it into VRTs.
    private static let old = """
        PROJCS["ETRS89 / UTM zone 33N",GEOGCS["ETRS89",\
        DATUM["European_Terrestrial_Reference_System_1989",SPHEROID["GRS 1980",6378137,298.257222101,\
        AUTHORITY["EPSG","7019"]],AUTHORITY["EPSG","6258"]],PRIMEM["Greenwich",0],\
        UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4258"]],PROJECTION["Transverse_Mercator"],\
        PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],\
        PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],\
        PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","25833"]]
        """

    /// The texts of some systems in a thread that has read nothing, or one text, before.
    private func texts(after first: String?) -> [String?] {
        let ended = DispatchSemaphore(value: 0)
        let found = Mutex<[String?]>([])
        let thread = Thread {
            if let first { _ = Georeference(crs: first).crsName }
            let systems = [25833, 32633, 4326, 3857, 9286].map {
                Georeference(epsg: $0, left: 0, top: 0, pixelSize: 1)?.crs
            }
            found.withLock { $0 = systems }
            ended.signal()
        }
        thread.start()
        ended.wait()
        return found.withLock(\.self)
    }

    @Test func `what a thread read before does not change a system's text`() {
        let fresh = texts(after: nil)
        #expect(fresh == texts(after: Self.old))
        #expect(fresh.allSatisfy { $0.map { !$0.contains("ENSEMBLE") } ?? false }, "\(fresh)")
        #expect(fresh[0]?.contains(#"ID["EPSG",25833]"#) == true)
    }

    @Test func `an ensemble becomes the datum that it stands for`() {
        func replaced(_ text: String) -> String { WKTEnsembles.replaced(in: text) }
        let ellipsoid = #"ELLIPSOID["a, [b""]",1,2,LENGTHUNIT["metre",1]]"#
        #expect(
            replaced(
                #"GEOGCRS["x",ENSEMBLE["Y ensemble",MEMBER["Y (1)"],MEMBER["Y (2)"],"#
                    + ellipsoid + #",ENSEMBLEACCURACY[2.0]],PRIMEM["Greenwich",0]]"#)
                == #"GEOGCRS["x",DATUM["Y","# + ellipsoid + #"],PRIMEM["Greenwich",0]]"#)
        #expect(
            replaced(
                #"VERTCRS["ENSEMBLE[",ENSEMBLE["Isles height ensemble",MEMBER["M"],"#
                    + "ENSEMBLEACCURACY[0.4]],CS[vertical,1]]")
                == #"VERTCRS["ENSEMBLE[",VDATUM["Isles height"],CS[vertical,1]]"#)
        for text in ["", "LOCAL_CS[\"a\"]", #"GEOGCRS["x",ENSEMBLE["y",MEMBER["#, "ENSEMBLE[]"] {
            #expect(replaced(text) == (text == "ENSEMBLE[]" ? "VDATUM[]" : text))
        }
    }
}
