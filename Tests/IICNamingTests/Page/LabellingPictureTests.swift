import IICInfer
import IICNaming
import IICWeb
import Testing
import WebTestClient

@Suite(.timeLimit(.minutes(10))) struct LabellingPictureTests {
    private func withServer(
        _ task: ExampleTask = ExampleTask(), _ body: (LabellingClient) async throws -> Void
    ) async throws {
        let server = try LabellingServer(task: task, logger: quietLogger)
        try await serving(server) { try await body(LabellingClient(address: "\(server.address)")) }
    }

    @Test func chipsAreShownOfWhatIsOnThePage() async throws {
        try await withServer { client in
            for view in ["true-colour", "infrared", "wide"] {
                let reply = try await client.get("/api/chip?point=1&view=\(view)")
                #expect(reply.status == 200 && reply.headers["content-type"] == "image/png")
                #expect(reply.headers["cache-control"] == "no-store")
            }
            // Those that will follow can be asked for ahead, others not.
            #expect(try await client.get("/api/chip?point=4&view=wide").status == 200)
            #expect(try await client.get("/api/chip?point=5&view=wide").status == 404)
            for query in [
                "point=0&view=wide", "point=x&view=wide", "view=wide", "point=1", "point=1&view=x",
                "point=1&view=wide&view=wide", "point=99999999999999999999&view=wide",
                "point=1&view=wide&size=9",
            ] {
                #expect(try await client.get("/api/chip?\(query)").status == 400)
            }
        }
    }

    @Test func partsOfTheSceneAreShown() async throws {
        try await withServer { client in
            let whole = "scene=0&x=0&y=0&width=300&height=200&columns=60&rows=40"
            #expect(try await client.get("/api/picture?\(whole)").status == 200)
            #expect(try await client.get("/api/map?\(whole)&revision=1").status == 200)
            for (old, new) in [
                ("scene=0", "scene=1"), ("scene=0", "scene=-1"), ("x=0", "x=300"), ("x=0", "x=1"),
                ("y=0", "y=-1"), ("width=300", "width=301"), ("width=300", "width=0"),
                ("height=200", "height=nan"), ("columns=60", "columns=0"),
                ("columns=60", "columns=2049"), ("rows=40", "rows=1e3"), ("&rows=40", ""),
                ("rows=40", "rows=40&more=1"), ("height=200", "height=9223372036854775807"),
            ] {
                let query = whole.replacing(old, with: new)
                let reply = try await client.get("/api/picture?\(query)")
                #expect(reply.status == 400, "\(query)")
            }
        }
    }

    /// Whoever labels a sample sees nothing of the map that it is to judge.
    @Test func assessmentsAreBlind() async throws {
        let task = ExampleTask(kind: .assessment, classes: ["water", "wood"])
        try await withServer(task) { client in
            let state = try await client.change("answer", ["point": 1, "class": 1])
            #expect(state["kind"]?.string == "assessment" && state["agreement"] == .null)
            for entry in state["classes"]?.array ?? [] {
                #expect(entry["share"] == .null && entry["hectares"] == .null)
            }
            let whole = "scene=0&x=0&y=0&width=300&height=200&columns=60&rows=40"
            #expect(try await client.get("/api/picture?\(whole)").status == 404)
            #expect(try await client.get("/api/map?\(whole)&revision=2").status == 404)
            #expect(try await client.get("/api/chip?point=2&view=wide").status == 200)
            let new = try await client.post(
                "answer", ["point": 2, "name": "sand", "colour": "#000000"])
            #expect(new.status == 409)
            let mixed = try await client.post("answer", ["point": 2, "verdict": "mixed"])
            #expect(mixed.status == 400)
            #expect(try await client.post("answer", ["point": 2, "name": "Wood"]).status == 200)
        }
    }
}
