import IICInfer
import IICWeb
import Testing

@testable import IICDaemon

struct OpenAPITests {
    private func members(_ value: JSONValue?) -> [String: JSONValue] {
        if case .object(let members) = value { members } else { [:] }
    }

    private func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { key, value in
                key == "$ref" ? [value.string ?? ""] : references(value)
            }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }

    @Test func pathsAreTheRoutes() {
        let paths = members(OpenAPI.document["paths"])
        let told = paths.flatMap { path, methods in
            members(methods).keys.map { "\($0.uppercased()) \(path)" }
        }
        #expect(told.sorted() == Route.all.map { "\($0.method) \($0.path)" }.sorted())
        #expect(Set(Route.all.map(\.name)).count == Route.all.count)
        #expect(OpenAPI.document["openapi"]?.string == "3.1.0")
    }

    @Test func schemasAreThere() throws {
        let schemas = members(OpenAPI.document["components"]?["schemas"])
        #expect(schemas.count > 8)
        let used = Set(references(OpenAPI.document))
        #expect(used == Set(schemas.keys.map { "#/components/schemas/\($0)" }))
        let states = try #require(schemas["JobState"]?["enum"]?.array).compactMap(\.string)
        #expect(states.sorted() == JobState.allCases.map(\.rawValue).sorted())
    }

    @Test func answersHaveTheFieldsThatAreTold() async throws {
        let board = ExampleBoard(full: true)
        let api = StatusAPI(board: board)
        let schemas = members(OpenAPI.document["components"]?["schemas"])
        func check(_ value: JSONValue, _ schema: JSONValue?, _ place: String) {
            var schema = schema
            if let name = schema?["$ref"]?.string?.split(separator: "/").last {
                schema = schemas[String(name)]
            }
            if let choices = schema?["anyOf"]?.array {
                schema = choices.first { ($0["type"]?.string == "null") == (value == .null) }
                return check(value, schema, place)
            }
            let properties = members(schema?["properties"])
            if case .object(let found) = value, !properties.isEmpty {
                #expect(Set(found.keys) == Set(properties.keys), "\(place)")
                let required = schema?["required"]?.array?.compactMap(\.string) ?? []
                #expect(Set(required) == Set(properties.keys), "\(place)")
                for (key, value) in found { check(value, properties[key], "\(place).\(key)") }
            } else if let items = value.array {
                for item in items { check(item, schema?["items"], "\(place)[]") }
            }
        }
        check(try api.status(), schemas["Status"], "status")
        for job in try board.jobs(in: nil, limit: 100, after: nil) {
            guard case .bytes(let bytes) = try api.job(job.id).body else { continue }
            check(try JSONValue(parsing: bytes), schemas["Job"], "job \(job.id)")
        }
    }
}
