/// A QGIS layer style that shows the map's classes in their colours and with their names, and no
/// data as transparent. QGIS takes it up by itself if it is called as the map is, with `.qml`.
public struct QGISStyle: MapOutput {
    public let path: String

    public init(path: String) { self.path = path }

    public var kind: String { "style" }
    public var settings: JSONValue { ["style": "B"] }
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { 0 }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {}

    public func diskBytes(width: Int, height: Int) -> Int { 0 }

    public func check(_ architecture: Architecture) throws {
        try LabelMap(.classes, path: path).check(architecture)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        let legend = frame.legend
        return try TextProduct(of: self, mediaType: "application/xml") { provenance, _, _ in
            Self.document(legend, items: provenance.items)
        }
    }

    /// From the comment in the style: an item of QGIS's own would go over to every layer that gets
    /// the style.
    public var provenance: MapProvenance? {
        let items = items
        return MapProvenance { items[$0] }
    }

    public var legendHash: String? { items["IICD_LEGEND_SHA256"] }

    private var items: [String: String] {
        guard let file = try? InputFile(path), let bytes = try? file.read(upTo: 1 << 16, at: 0)
        else { return [:] }
        var items: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1)
            if pair.count == 2 && pair[0].hasPrefix("IICD_") {
                items[String(pair[0])] = String(pair[1])
            }
        }
        return items
    }

    /// The style, in the form of QGIS 3.22.
    ///
    /// Only the category “Symbology” is in it, so that loading it changes nothing else of a layer.
    ///
    /// - Parameter items: what a comment in it says beside the legend's hash.
    package static func document(_ legend: Legend, items: [String: String] = [:]) -> String {
        var items = items
        items["IICD_LEGEND_SHA256"] = legend.hash
        let comment = items.sorted { $0.key < $1.key }.map { "\($0)=\($1)\n" }.joined()
        let entries = legend.entries.enumerated().map { value, entry in
            "        <paletteEntry value=\"\(value)\" color=\"#\(entry.hexadecimalColour)\" "
                + "alpha=\"255\" label=\"\(escaped(entry.name))\"/>\n"
        }.joined()
        let nodata = MapWriter.nodata
        return """
            <!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
            <qgis version="3.22.0" styleCategories="Symbology">
              <!--
            \(comment)  -->
              <pipe>
                <provider>
                  <resampling enabled="false" maxOversampling="2" \
            zoomedInResamplingMethod="nearestNeighbour" \
            zoomedOutResamplingMethod="nearestNeighbour"/>
                </provider>
                <rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1" nodataColor="">
                  <rasterTransparency>
                    <singleValuePixelList>
                      <pixelListEntry min="\(nodata)" max="\(nodata)" percentTransparent="100"/>
                    </singleValuePixelList>
                  </rasterTransparency>
                  <colorPalette>
            \(entries)      </colorPalette>
                </rasterrenderer>
                <brightnesscontrast brightness="0" contrast="0" gamma="1"/>
                <huesaturation saturation="0" grayscaleMode="0" colorizeOn="0"/>
                <rasterresampler maxOversampling="2"/>
              </pipe>
              <blendMode>0</blendMode>
            </qgis>

            """
    }

    /// Text as an attribute of XML 1.0 holds it. Line ends and tabs become spaces there anyway; what
    /// XML has no way to write becomes �.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Legend.Entry {
    /// Six lower-case digits: red, green, blue.
    package var hexadecimalColour: String {
        colour.prefix(3).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
