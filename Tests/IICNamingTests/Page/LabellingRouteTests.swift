import IICInfer
import IICWeb
import Testing
import WebTestClient

@testable import IICNaming

/// The page's addresses on real sockets.
@Suite(.timeLimit(.minutes(10))) struct LabellingRouteTests {
    private func withServer(
        _ task: ExampleTask = ExampleTask(), token: AccessToken? = nil,
        _ body: (LabellingClient) async throws -> Void
    ) async throws {
        let server = try LabellingServer(task: task, token: token, logger: quietLogger)
        #expect(server.address.url.hasPrefix("http://127.0.0.1:"))
        try await serving(server) { try await body(LabellingClient(address: "\(server.address)")) }
    }

    @Test func answersMakeClassesAndTheNextProposal() async throws {
        try await withServer { client in
            var state = try await client.state()
            #expect(state["proposal"]?["point"]?.integer == 1 && state["canUndo"]?.bool == false)
            state = try await client.change(
                "answer", ["point": 1, "name": "  water ", "colour": "#0072b2"])
            #expect(state["classes"]?.array?.first?["name"]?.string == "water")
            #expect(state["classes"]?.array?.first?["colour"]?.string == "#0072b2")
            #expect(state["proposal"]?["point"]?.integer == 2 && state["revision"]?.integer == 2)
            // A name that is there is that class.
            state = try await client.change(
                "answer", ["point": 2, "name": "WATER", "colour": "#ffffff"])
            #expect(state["classes"]?.array?.count == 1)
            state = try await client.change("answer", ["point": 3, "class": 1])
            state = try await client.change("answer", ["point": 4, "verdict": "mixed"])
            state = try await client.change("answer", ["point": 5, "verdict": "not-sure"])
            let verdicts = state["answers"]?.array?.compactMap { $0["verdict"]?.string }
            #expect(verdicts == ["class", "class", "class", "mixed", "not-sure"])
            // An old one is changed in its place.
            state = try await client.change("answer", ["point": 4, "class": 1])
            #expect(state["answers"]?.array?[3]["class"]?.integer == 1)
            #expect(state["classes"]?.array?.first?["answers"]?.integer == 4)
            state = try await client.change("undo", [:])
            #expect(state["answers"]?.array?[3]["verdict"]?.string == "mixed")
            state = try await client.change("remove", ["point": 4])
            #expect(state["answers"]?.array?.count == 4)
            #expect(state["proposal"]?["point"]?.integer == 4)
            state = try await client.change("finish", [:])
            #expect(state["result"]?["path"]?.string == "named.safetensors")
            #expect(state["result"]?["isCurrent"]?.bool == true)
            state = try await client.change("answer", ["point": 4, "class": 1])
            #expect(state["result"]?["isCurrent"]?.bool == false)
        }
    }

    @Test func classesAreRenamedAndMerged() async throws {
        try await withServer(ExampleTask(classes: ["water", "lake", "wood"])) { client in
            _ = try await client.change("answer", ["point": 1, "class": 2])
            var state = try await client.change(
                "rename", ["class": 1, "name": "Water", "colour": "#000000"])
            #expect(state["classes"]?.array?.first?["name"]?.string == "Water")
            let taken = try await client.post(
                "rename", ["class": 3, "name": "LAKE", "colour": "#000000"])
            #expect(taken.status == 409 && taken.body.contains("merge"))
            state = try await client.change("merge", ["class": 2, "into": 1])
            #expect(state["answers"]?.array?.first?["class"]?.integer == 1)
            #expect(try await client.post("merge", ["class": 1, "into": 1]).status == 400)
            #expect(try await client.post("merge", ["class": 1, "into": 2]).status == 404)
        }
    }

    /// An answer that was meant for another point, or sent twice, changes nothing.
    @Test func whatIsStaleIsRefused() async throws {
        let task = ExampleTask(classes: ["water"])
        try await withServer(task) { client in
            let order: [String: JSONValue] = ["point": 1, "class": 1]
            #expect(try await client.post("answer", order, revision: 1).status == 200)
            for revision in [1, 0, -1, 3] {
                let reply = try await client.post("answer", order, revision: revision)
                #expect(reply.status == 409)
                let undone = try await client.post("undo", [:], revision: revision)
                #expect(undone.status == 409)
            }
            let part = "scene=0&x=0&y=0&width=300&height=200&columns=30&rows=20"
            #expect(try await client.get("/api/map?\(part)&revision=2").status == 200)
            #expect(try await client.get("/api/map?\(part)&revision=1").status == 409)
            #expect(try await client.get("/api/map?\(part)").status == 409)
            #expect(task.calls == ["answer 1 named(1)"])
        }
    }

    @Test(
        arguments: [
            (404, "answer", #""point":2,"class":1"#), (404, "answer", #""point":0,"class":1"#),
            (404, "answer", #""point":1,"class":7"#), (400, "answer", #""point":1.5,"class":1"#),
            (400, "answer", #""point":"1","class":1"#), (400, "answer", #""point":1,"class":"1""#),
            (400, "answer", #""point":1"#), (400, "answer", #""class":1"#),
            (400, "answer", #""point":1,"verdict":"maybe""#), (404, "remove", #""point":1"#),
            (400, "answer", ##""point":1,"name":"","colour":"#000000""##),
            (400, "answer", ##""point":1,"name":" \n ","colour":"#000000""##),
            (400, "answer", ##""point":1,"name":"a\u0000b","colour":"#000000""##),
            (400, "answer", ##""point":1,"name":"a\u202Eb","colour":"#000000""##),
            (400, "answer", ##""point":1,"name":"a\nb","colour":"#000000""##),
            (400, "answer", ##""point":1,"name":"a","colour":"red""##),
            (400, "answer", ##""point":1,"name":"a","colour":"#0000zz""##),
            (400, "answer", ##""point":1,"name":"a","colour":"#+12345""##),
            (400, "answer", #""point":1,"name":"a""#), (400, "answer", #""point":1,"name":7"#),
            (404, "rename", ##""class":2,"name":"a","colour":"#000000""##),
            (409, "undo", ""), (404, "answers", ""),
        ] as [(Int, String, String)])
    func wrongOrdersAreRefused(wanted: Int, path: String, members: String) async throws {
        let task = ExampleTask(classes: ["water"])
        try await withServer(task) { client in
            let body = "{\"revision\":1\(members.isEmpty ? "" : ",")\(members)}"
            let reply = try await client.send("/api/\(path)", body)
            #expect(reply.status == wanted)
            let error = try JSONValue(parsing: Array(reply.body.utf8))["error"]?.string
            #expect(error?.isEmpty == false)
            #expect(task.calls.isEmpty)
        }
    }

    @Test func longNamesAreRefused() async throws {
        try await withServer { client async throws in
            func reply(_ name: String) async throws -> RawReply {
                try await client.post(
                    "answer", ["point": 1, "name": .string(name), "colour": "#000000"])
            }
            #expect(try await reply(String(repeating: "é", count: 81)).status == 400)
            #expect(try await reply(String(repeating: "x", count: 9000)).status == 413)
            #expect(try await reply(String(repeating: "é", count: 80)).status == 200)
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", #""quoted" & 'single'"#, "</script><!--", "水域 🌊", "a\\b",
        "__proto__", "  = 1+1",
    ])
    func anyNameIsText(name: String) async throws {
        try await withServer { client in
            let order: [String: JSONValue] = [
                "point": 1, "name": .string(name), "colour": "#000000",
            ]
            let state = try await client.change("answer", order)
            let wanted = String(name.drop { $0 == " " })
            #expect(state["classes"]?.array?.first?["name"]?.string == wanted)
            #expect(try await client.get("/").body == LabellingPage.page.document)
        }
    }

    @Test func pagesElsewhereChangeNothing() async throws {
        let task = ExampleTask(classes: ["water"])
        try await withServer(task) { client async throws in
            let body = #"{"revision":1,"point":1,"class":1}"#
            for line in [
                "Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
            ] {
                #expect(try await client.send("/api/answer", body, line).status == 403)
                #expect(try await client.get("/api/state", line).status == 403)
                #expect(try await client.get("/api/chip?point=1&view=wide", line).status == 403)
            }
            for type in ["text/plain", "application/x-www-form-urlencoded"] {
                #expect(try await client.send("/api/answer", body, type: type).status == 415)
                #expect(try await client.send("/api/finish", body, type: type).status == 415)
            }
            #expect(task.calls.isEmpty)
        }
    }

    @Test func tokensAreAskedFor() async throws {
        try await withServer(token: AccessToken("0123456789abcdef")) { client async throws in
            for path in ["/", "/api/state", "/api/chip?point=1&view=wide", "/none"] {
                #expect(try await client.get(path).status == 401)
                let line = "Authorization: Bearer 0123456789abcdef"
                #expect(try await client.get(path, line).status == (path == "/none" ? 404 : 200))
            }
            #expect(try await client.post("undo", [:]).status == 401)
        }
        let others = try ListenAddress(parsing: "0.0.0.0:0")
        #expect(throws: UsageError.self) {
            try LabellingServer(task: ExampleTask(), address: others, logger: quietLogger)
        }
    }

    @Test func errorsOfTheTaskAreTold() async throws {
        let task = ExampleTask(classes: ["water"])
        try await withServer(task) { client in
            task.fail(with: UsageError(description: "The disk is full."))
            let reply = try await client.post("answer", ["point": 1, "class": 1])
            #expect(reply.status == 409 && reply.body.contains("The disk is full."))
            #expect(try await client.state()["answers"]?.array?.isEmpty == true)
        }
    }
}
