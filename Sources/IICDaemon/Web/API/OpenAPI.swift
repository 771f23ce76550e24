import IICInfer

/// The API's description, made of the routes themselves.
enum OpenAPI {
    static let document: JSONValue = {
        var paths: [String: JSONValue] = [:]
        for route in Route.all {
            var methods = paths[route.path].flatMap(members) ?? [:]
            methods[route.method.lowercased()] = operation(route)
            paths[route.path] = .object(methods)
        }
        let info: JSONValue = [
            "title": "iicd", "version": .string(Software.version),
            "description": "What a watching iicd does, and what it may be asked.",
        ]
        var components = schemas.flatMap(members) ?? [:]
        components["securitySchemes"] = [
            "bearer": [
                "type": "http", "scheme": "bearer",
                "description": "Only where the daemon was started with --token-file.",
            ]
        ]
        return [
            "openapi": "3.1.0", "info": info, "paths": .object(paths),
            "components": .object(components),
        ]
    }()

    private static func members(_ value: JSONValue) -> [String: JSONValue]? {
        if case .object(let members) = value { members } else { nil }
    }

    private static func operation(_ route: Route) -> JSONValue {
        var answers: [String: JSONValue] = [:]
        for (status, summary) in refusals {
            answers[String(status)] = answer(
                summary, "application/json", ["$ref": "#/components/schemas/Error"])
        }
        for own in route.answers {
            var document = answer(own.summary, own.type, own.schema)
            // One status may come from a route and from what all requests may meet.
            if own.type != "application/json", refusals[own.status] != nil {
                document = merged(document, answers[String(own.status)])
            }
            answers[String(own.status)] = document
        }
        var parameters: [JSONValue] = []
        if route.path.contains("{id}") {
            parameters.append([
                "name": "id", "in": "path", "required": true, "description": "The job's number.",
                "schema": Route.jobID,
            ])
        }
        parameters += route.parameters.map {
            [
                "name": .string($0.name), "in": "query", "required": false,
                "description": .string($0.summary), "schema": $0.schema,
            ]
        }
        let security: JSONValue =
            Route.withoutToken.contains(route.path)
            ? [] : [.object([:]), .object(["bearer": .array([])])]
        return [
            "operationId": .string(route.name), "summary": .string(route.summary),
            "parameters": .array(parameters), "responses": .object(answers), "security": security,
        ]
    }

    private static func answer(_ summary: String, _ type: String, _ schema: JSONValue) -> JSONValue
    {
        [
            "description": .string(summary),
            "content": .object([type: .object(["schema": schema])]),
        ]
    }

    private static func merged(_ answer: JSONValue, _ other: JSONValue?) -> JSONValue {
        var result = members(answer) ?? [:]
        let content = (members(answer["content"] ?? .null) ?? [:])
            .merging(members(other?["content"] ?? .null) ?? [:]) { own, _ in own }
        result["content"] = .object(content)
        return .object(result)
    }

    /// What any request may meet.
    private static let refusals = [
        400: "The request is malformed, or a parameter has no such value.",
        401: "The token is missing or wrong.",
        403: "The request comes from a page of another site.",
        404: "There is nothing at this address.",
        405: "The address does not answer this method; `Allow` names those that it does.",
        408: "The request was not there within 10 seconds.",
        411: "The body came without its length.",
        413: "The body is larger than 64 KiB.",
        421: "The request's Host is none of this server's.",
        431: "The headers are longer than 16 KiB, or more than 100.",
        500: "The ledger cannot be read.",
        503:
            "Too many connections or event streams are open; `Retry-After` says when to try again.",
        505: "The request is of another version of HTTP.",
    ]
}
