import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Items that claim what no scene has.
@Suite struct ItemLimitTests {
    let data: ItemFolder

    init() throws { data = try ItemFolder() }

    @Test func `more bands than any sensor has are refused, in one asset and in several`() throws {
        func asset(_ count: Int) -> JSONValue {
            let bands = [JSONValue](repeating: ["name": "x"], count: count)
            return ["href": "whole.tif", "type": "image/tiff", "eo:bands": .array(bands)]
        }
        let item = try SceneItem(path: data.item(["a": asset(4096)]))
        #expect(item?.bands.count == 4096)
        let excessive: [[String: JSONValue]] = [
            ["a": asset(4097)], ["a": asset(4000), "b": asset(97)],
        ]
        for assets in excessive {
            let path = try data.item(assets)
            let error = #expect(throws: RasterError.self) { try SceneItem(path: path) }
            #expect(error?.exitStatus == .badInput)
            #expect(error?.description.contains("more than 4096 bands") == true)
        }
    }

    @Test(arguments: [
        ("scale", 0.0, "its scale is 0"), ("scale", 1e-60, "its scale is 1e-60"),
        ("scale", -1e300, "its scale is -1e+300"), ("offset", 1e300, "its offset is 1e+300"),
    ])
    func `a scale or an offset that is none for 32-bit floats is refused`(
        name: String, value: Double, text: String
    ) throws {
        try data.splitAll()
        var assets = ItemFolder.sentinel2
        let samples: [String: JSONValue] = [name: .number(value)]
        assets["red"] = [
            "href": "red.tif", "type": "image/tiff", "gsd": 10,
            "eo:bands": [["name": "B04", "common_name": "red"]],
            "raster:bands": [.object(samples)],
        ]
        let path = try data.item(assets)
        let error = #expect(throws: RasterError.self) {
            try SceneReader(path: path, roles: rgbInfrared)
        }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }
}
