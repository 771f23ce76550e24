import TestSupport
import Testing

@testable import IICInfer

@Suite struct ItemReferenceTests {
    /// RFC 3986, sections 5.4.1 and 5.4.2, as far as they concern paths.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"),
        ("/g", "http://a/g"), ("//g", "http://g"), ("g?y", "http://a/b/c/g?y"),
        ("../g", "http://a/b/g"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
        ("https://b/x.tif", "https://b/x.tif"),
    ])
    func `a reference in an item on a server leads from there`(href: String, address: String) throws
    {
        let path = try ItemReference.path(of: href, in: "http://a/b/c/d;p?q")
        #expect(path == "/vsicurl/" + address)
    }

    @Test func `files are named from the item's folder, with and without escapes`() throws {
        let folder = try TemporaryFolder()
        let item = folder("item.json")
        func path(_ href: String) throws -> String { try ItemReference.path(of: href, in: item) }
        #expect(try path("./a b.tif") == folder("a b.tif"))
        #expect(try path("a%20b.tif") == folder("a b.tif"))
        #expect(
            try path("D%FCne.tif")
                == folder(String(pathBytes: Array("D".utf8) + [0xFC] + Array("ne.tif".utf8))))
        #expect(try path("/x/y.tif") == "/x/y.tif")
        #expect(try path("file:///x/y%20z.tif") == "/x/y z.tif")
        #expect(try path("100%.tif") == folder("100%.tif"))
        try folder.scene("c%20d.tif", width: 1, height: 1) { _, _, _ -> UInt8 in 1 }
        #expect(try path("c%20d.tif") == folder("c%20d.tif"))
        #expect(try ItemReference.path(of: "a.tif", in: "item.json") == "a.tif")
    }

    @Test func `buckets have GDAL's names, and what cannot be read is refused`() throws {
        #expect(
            try ItemReference.path(of: "s3://bucket/a.tif", in: "x.json") == "/vsis3/bucket/a.tif")
        #expect(
            try ItemReference.path(of: "gs://bucket/a.tif", in: "http://a/x")
                == "/vsigs/bucket/a.tif")
        for (href, item) in [
            ("file:///etc/passwd", "https://a/x.json"), ("ftp://a/b.tif", "x.json"), ("", "x.json"),
            ("abfs://a/b.tif", "x.json"),
        ] {
            #expect(throws: ItemReference.Refusal.self) {
                try ItemReference.path(of: href, in: item)
            }
        }
        // An absolute path is one on the item's server, never of this machine.
        #expect(
            try ItemReference.path(of: "/etc/passwd", in: "https://a/x")
                == "/vsicurl/https://a/etc/passwd")
    }
}
