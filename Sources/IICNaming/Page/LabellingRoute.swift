import IICWeb

/// One address of a labelling page.
struct LabellingRoute: WebRoute {
    let method: String
    let path: String
    let answer: @Sendable (LabellingAPI, WebRequest, _ id: Int) throws -> WebReply

    static let withoutToken: Set<String> = []

    static let all: [LabellingRoute] = [
        get("/") { _, _ in LabellingPage.page.reply },
        get("/api/state") { api, _ in try api.state() },
        get("/api/chip") { try $0.chip($1) },
        get("/api/picture") { try $0.picture($1) },
        get("/api/map") { try $0.map($1) },
        post("/api/answer") { api, request in
            try api.change(request) { task, order in
                try task.answer(order.point(mustBeAnswered: false), order.verdict())
            }
        },
        post("/api/remove") { api, request in
            try api.change(request) { try $0.remove($1.point(mustBeAnswered: true)) }
        },
        post("/api/undo") { api, request in
            try api.change(request) { task, order in
                guard order.state.canUndo else {
                    throw WebRefusal(status: 409, sentence: "There is nothing to undo.")
                }
                try task.undo()
            }
        },
        post("/api/rename") { try $0.rename($1) },
        post("/api/merge") { try $0.merge($1) },
        post("/api/finish") { api, request in
            try api.change(request) { task, _ in try task.finish() }
        },
    ]

    private static func get(
        _ path: String, _ answer: @escaping @Sendable (LabellingAPI, WebRequest) throws -> WebReply
    ) -> LabellingRoute {
        LabellingRoute(method: "GET", path: path) { api, request, _ in try answer(api, request) }
    }

    private static func post(
        _ path: String, _ answer: @escaping @Sendable (LabellingAPI, WebRequest) throws -> WebReply
    ) -> LabellingRoute {
        LabellingRoute(method: "POST", path: path) { api, request, _ in try answer(api, request) }
    }
}
