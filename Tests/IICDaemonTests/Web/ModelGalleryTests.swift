import Foundation
import IICInfer
import TestSupport
import Testing
import WebTestClient

@testable import IICDaemon
@testable import IICWeb

/// The page of the classes that lies beside the model in use.
struct ModelGalleryTests {
    private let folder: TemporaryFolder
    private let board = ExampleBoard(full: false)

    init() throws {
        folder = try TemporaryFolder()
        board.model = folder("m.safetensors")
    }

    private func told(_ server: StatusServer) async throws -> Bool? {
        let body = try await server.ask("GET /api/status").body
        return try JSONValue(parsing: Array(body.utf8))["daemon"]?["gallery"]?.bool
    }

    @Test func itIsServedAsItIsNow() async throws {
        try await withServer(board) { server in
            for text in ["<!doctype html><p>one</p>\n", "<!doctype html><p>Äcker</p>\n"] {
                try folder.write(text: text, to: "m.safetensors.gallery.html")
                let reply = try await server.ask("GET /gallery")
                #expect(reply.status == 200 && reply.body == text)
                #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
                #expect(reply.headers["content-length"] == "\(text.utf8.count)")
            }
            let head = try await server.ask("HEAD /gallery")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test func nothingInItRunsOrIsFetched() async throws {
        try folder.write(text: "<script>alert(1)</script>", to: "m.safetensors.gallery.html")
        try await withServer(board) { server in
            let policy = try #require(
                try await server.ask("GET /gallery").headers["content-security-policy"])
            let rules = policy.components(separatedBy: "; ")
            for rule in [
                "default-src 'none'", "script-src 'none'", "style-src 'unsafe-inline'",
                "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
            ] {
                #expect(rules.contains(rule), "\(rule)")
            }
            #expect(rules.count == 7)
        }
    }

    @Test func whereThereIsNoneASentenceSaysSo() async throws {
        let path = folder("m.safetensors.gallery.html")
        try await withServer(board) { server in
            for why in ["there is no such file", "it is a folder"] {
                let reply = try await server.ask("GET /gallery")
                #expect(reply.status == 404)
                let error = try JSONValue(parsing: Array(reply.body.utf8))["error"]?.string
                #expect(error?.contains("“\(path)” cannot be shown: \(why).") == true)
                #expect(error?.contains("iicd legend MODEL --gallery") == true)
                #expect(try await told(server) == false)
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            }
        }
    }

    @Test func aLargeOneIsNotRead() async throws {
        let path = try folder.write(text: "", to: "m.safetensors.gallery.html")
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        // Nothing of it is on the disk.
        try file.truncate(atOffset: UInt64(ModelGallery.mostBytes + 1))
        try await withServer(board) { server in
            let reply = try await server.ask("GET /gallery")
            #expect(reply.status == 404 && reply.body.contains("larger than 64 MiB"))
            #expect(try await told(server) == false)
        }
        try file.truncate(atOffset: UInt64(ModelGallery.mostBytes))
        #expect(ModelGallery(ofModel: board.model).isThere)
    }

    @Test func itIsThatOfTheModelInUse() async throws {
        try folder.write(text: "first", to: "m.safetensors.gallery.html")
        try await withServer(board) { server in
            #expect(try await told(server) == true)
            // As after SIGHUP.
            board.model = folder("n.safetensors")
            #expect(try await told(server) == false)
            #expect(try await server.ask("GET /gallery").status == 404)
            try folder.write(text: "second", to: "n.safetensors.gallery.html")
            board.obstacle = "Something is new."
            #expect(try await told(server) == true)
            #expect(try await server.ask("GET /gallery").body == "second")
        }
    }

    /// Bytes that are no text, as they may stand in a folder's name.
    @Test func namesMayHaveAnyBytes() async throws {
        board.model = folder(String(pathBytes: [0x6D, 0xFC, 0x6E]))
        try AtomicFile.write("bytes", to: GalleryFile.path(ofModel: board.model))
        try await withServer(board) { server in
            let (reply, isTold) = (try await server.ask("GET /gallery"), try await told(server))
            #expect(reply.body == "bytes" && isTold == true)
        }
    }

    @Test(arguments: [
        "/gallery/", "/gallery/m.safetensors.gallery.html", "/gallery/../m", "/gallery%2F",
        "/Gallery",
        "/gallery.html", "/gallery/%2e%2e/m.safetensors",
    ])
    func noOtherAddressReadsAFile(path: String) async throws {
        try folder.write(text: "page", to: "m.safetensors.gallery.html")
        try await withServer(board) { server in
            let other = try await server.ask("GET \(path)")
            #expect(other.status == 404 && !other.body.contains("page"))
            #expect(try await server.ask("GET /gallery?path=/etc/passwd").body == "page")
        }
    }

    @Test func itIsGuardedAsAllOthersAre() async throws {
        try folder.write(text: "page", to: "m.safetensors.gallery.html")
        try await withServer(board) { server in
            #expect(try await server.ask("POST /gallery").status == 405)
            let other = try await server.ask("GET /gallery", "Sec-Fetch-Site: cross-site")
            #expect(other.status == 403)
            let own = try await server.ask("GET /gallery", "Sec-Fetch-Site: same-origin")
            #expect(own.status == 200)
        }
        try await withServer(board, token: try AccessToken("0123456789abcdef")) { server in
            #expect(try await server.ask("GET /gallery").status == 401)
            let reply = try await server.ask(
                "GET /gallery", "Authorization: Bearer 0123456789abcdef")
            #expect(reply.status == 200)
        }
    }

    @Test func thePageLinksIt() {
        #expect(StatusPage.script.contains(#"daemon.gallery"#))
        #expect(StatusPage.script.contains(#"element("a", { href: "/gallery" }, "Gallery")"#))
    }
}
