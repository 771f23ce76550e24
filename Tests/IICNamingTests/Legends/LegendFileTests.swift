import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct LegendFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let odd = Legend(entries: [
        .init(name: "a, \"b\" & <c>", colour: [1, 2, 3]),
        .init(name: "'Wald' 森林 é", colour: [255, 0, 16]),
        .init(name: "e\u{301}; =1+1", colour: [9, 9, 9]),
    ])

    private func read(_ text: String, _ name: String, classes: Int = 2) throws -> Legend {
        try LegendFile(folder.write(Array(text.utf8), to: name)).read(classes: classes)
    }

    /// Why a file is refused; nil if it is not.
    private func refusal(_ text: String, _ name: String = "a.csv") throws -> String? {
        do {
            _ = try read(text, name)
            return nil
        } catch let error as LegendError {
            #expect(error.exitStatus == .badInput)
            return error.description
        }
    }

    @Test(arguments: ["a.csv", "a.qml", "A.CSV"])
    func `what is written is read again`(name: String) throws {
        let file = try LegendFile(folder(name))
        try file.write(odd)
        #expect(try file.read(classes: 3) == odd)
    }

    @Test func `other endings are refused`() {
        #expect(throws: LegendError.self) { try LegendFile("a.txt") }
    }

    @Test func `tables of spreadsheets are read`() throws {
        let text = "\u{FEFF}Name,colour,note,VALUE\r\n\"two\nlines\",#000000,,0\r\n"
        #expect(try refusal(text)?.contains("control characters") == true)
        let legend = try read(
            "\u{FEFF}Name,color,note,VALUE\r\n\"b, \"\"c\"\"\",#0000ff,x, 1\r\na,FF0000,,0", "b.csv"
        )
        #expect(
            legend.entries == [
                .init(name: "a", colour: [255, 0, 0]),
                .init(name: "b, \"c\"", colour: [0, 0, 255]),
            ])
    }

    @Test(arguments: [
        ("", "first line"), ("value;name;colour\n0;a;#000000", "first line"),
        ("value,name,colour\n0,a,#000000", "no class of the value 1"),
        ("value,name,colour\n0,a,#000000\n1,b,#000000\n2,c,#000000", "value 2"),
        ("value,name,colour\n0,a,#000000\n0,b,#000000", "0 twice"),
        ("value,name,colour\n0,a,#000000\n-1,b,#000000", "value -1"),
        ("value,name,colour\n0,a,#000000\nnan,b,#000000", "no class's value"),
        ("value,name,colour\n0,a,#000000\n1,b,blue", "hexadecimal"),
        ("value,name,colour\n0,a,#000000\n1,,#000000", "empty"),
        ("value,name,colour\n0,a,#000000\n1,b", "2 fields"),
        ("value,name,colour\n0,a,#000000\n1,\"b,#000000", "within quotes"),
        ("value,name,colour\n0,a,#000000\n1,\"b\"c,#000000", "after its quotes"),
        ("value,name,colour\n0,a,#000000\n1,b\"c\",#000000", "quotes within"),
    ])
    func `a table that is none says why`(text: String, words: String) throws {
        #expect(try refusal(text)?.contains(words) == true)
    }

    @Test func `a style of QGIS's own is read`() throws {
        let text = """
            <!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
            <qgis hasScaleBasedVisibilityFlag="0" version="3.34.4-Prizren">
              <flags><Identifiable>1</Identifiable></flags><!-- <paletteEntry/> -->
              <pipe><rasterrenderer band="1" type="paletted" opacity="1">
                <colorPalette>
                  <paletteEntry color="#419bdf" value="0" label="w&#228;ter &amp; &lt;ice&gt;" alpha="255"/>
                  <paletteEntry color='#397d49' value='1' label='trees' alpha='255'></paletteEntry>
                </colorPalette>
                <colorramp name="[source]" type="randomcolors"><Option/></colorramp>
              </rasterrenderer></pipe>
            </qgis>

            """
        #expect(
            try read(text, "a.qml").entries == [
                .init(name: "wäter & <ice>", colour: [0x41, 0x9B, 0xDF]),
                .init(name: "trees", colour: [0x39, 0x7D, 0x49]),
            ])
        let cut = String(text.dropLast(12))
        #expect(try refusal(cut, "a.qml") != nil)
    }

    @Test(arguments: [
        ("<!DOCTYPE qgis [<!ENTITY a \"b\">]><qgis/>", "entities"),
        (
            "<qgis><rasterrenderer type=\"paletted\"><paletteEntry value=\"0\" color=\"#000000\" "
                + "label=\"&a;\"/></rasterrenderer></qgis>", "unknown entity"
        ),
        ("<qgis></qgis>", "no paletted"), ("<svg/>", "no QGIS style"), ("", "not whole"),
        ("<qgis><a></b></qgis>", "damaged"), ("<qgis a='1' a='2'/>", "damaged"),
        ("<qgis/><qgis/>", "damaged"), ("<qgis a=1/>", "damaged"), ("<qgis a='<'/>", "damaged"),
        ("<qgis><!--", "not whole"), ("<qgis", "damaged"), ("<", "damaged"),
        (String(repeating: "<qgis>", count: 10_000), "damaged"),
        ("<qgis><rasterrenderer type='paletted'><paletteEntry value='0'/>", "lacks"),
        (
            "<qgis><rasterrenderer type='singlebandpseudocolor'><paletteEntry value='0' label='a' "
                + "color='#000000'/></rasterrenderer></qgis>", "no paletted"
        ),
    ])
    func `a style that is none says why`(text: String, words: String) throws {
        #expect(try refusal(text, "a.qml")?.contains(words) == true)
    }

    @Test func `bytes that are no text, and far too many, are refused`() throws {
        for (bytes, words) in [
            ([UInt8(0xFF), 0xFE, 0x3C], "UTF-8"),
            ([UInt8](repeating: 32, count: 2 << 20), "far more"),
        ] {
            let path = try folder.write(bytes, to: "a.qml")
            let error = #expect(throws: LegendError.self) {
                try LegendFile(path).read(classes: 2)
            }
            #expect(error?.description.contains(words) == true)
        }
        #expect(throws: FileError.self) { try LegendFile(folder("none.csv")).read(classes: 2) }
    }
}
