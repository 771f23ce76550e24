import IICInfer
import IICWeb

extension Route {
    /// All that the server answers.
    static let all: [Route] = [
        Route(
            method: "GET", path: "/", name: "page", summary: "The page.",
            parameters: [
                Parameter(
                    name: "token", summary: "The token, which the browser keeps in a cookie then.",
                    schema: ["type": "string"])
            ],
            answers: [
                Answer(
                    status: 200, summary: "The page.", type: "text/html", schema: string),
                Answer(
                    status: 303, summary: "The token is right: on to the page without it.",
                    type: "text/plain", schema: string),
            ],
            answer: { _, _, _ in StatusPage.reply }),
        Route(
            method: "GET", path: "/gallery", name: "gallery",
            summary:
                "What the classes of the model in use look like: MODEL.gallery.html beside it.",
            answers: [
                Answer(
                    status: 200, summary: "The gallery.", type: "text/html", schema: string),
                Answer(
                    status: 404, summary: "There is no gallery: why, and what makes it.",
                    type: "application/json", schema: reference("Error")),
            ],
            answer: { api, _, _ in
                try ModelGallery(ofModel: api.board.description.model).reply()
            }),
        Route(
            method: "GET", path: "/api/jobs", name: "listJobs",
            summary: "Scenes, by the time of their last change, latest first.",
            parameters: [
                Parameter(
                    name: "state", summary: "Only those in this state.",
                    schema: reference("JobState")),
                Parameter(
                    name: "limit", summary: "At most so many; 100 unless given.",
                    schema: [
                        "type": "integer", "minimum": 1, "maximum": .integer(StatusAPI.mostJobs),
                    ]),
                Parameter(
                    name: "after",
                    summary: "Those that follow this one: `next` of the page before.",
                    schema: jobID),
            ],
            answers: [ok("One page of scenes.", reference("JobList"))],
            answer: { api, request, _ in try api.jobs(request) }),
        Route(
            method: "GET", path: "/api/jobs/{id}", name: "getJob", summary: "One scene.",
            answers: [ok("The scene.", reference("Job")), missing],
            answer: { api, _, id in try api.job(id) }),
        Route(
            method: "GET", path: "/api/jobs/{id}/picture", name: "getPicture",
            summary: "Rows of a small picture of a map; of one at work, those that are there.",
            parameters: [
                Parameter(
                    name: "first", summary: "Only rows from this one on, counted from 0.",
                    schema: [
                        "type": "integer", "minimum": 0,
                        "maximum": .integer(MapRows.longestSide),
                    ])
            ],
            answers: [ok("The rows.", reference("Picture")), missing],
            answer: { api, request, id in try api.picture(request, id) }),
        Route(
            method: "POST", path: "/api/jobs/{id}/retry", name: "retryJob",
            summary: "Tries a failed, waiting or cancelled scene again soon.",
            answers: [ok("The scene as it is now.", reference("Job")), missing, conflict],
            answer: { api, _, id in try api.retry(id) }),
        Route(
            method: "POST", path: "/api/jobs/{id}/cancel", name: "cancelJob",
            summary: "Takes a scene out of the queue, or ends its worker.",
            answers: [ok("The scene as it is now.", reference("Job")), missing, conflict],
            answer: { api, _, id in try api.cancel(id) }),
        Route(
            method: "GET", path: "/api/status", name: "getStatus",
            summary: "The daemon, totals by state, scenes at work, the last hour.",
            answers: [ok("The state.", reference("Status"))],
            answer: { api, _, _ in WebReply(json: try api.status()) }),
        Route(
            method: "GET", path: "/api/events", name: "followStatus",
            summary:
                "Server-sent events named `status`, each with what /api/status has, whenever it "
                + "has changed; a comment every 15 seconds.",
            answers: [
                Answer(
                    status: 200, summary: "Events, until either side closes.",
                    type: "text/event-stream", schema: string)
            ],
            answer: { api, _, _ in .events(of: api) }),
        Route(
            method: "GET", path: "/api/openapi.json", name: "getDescription",
            summary: "This document.",
            answers: [ok("OpenAPI 3.1.", ["type": "object"])],
            answer: { _, _, _ in WebReply(json: OpenAPI.document) }),
        Route(
            method: "GET", path: "/healthz", name: "isAlive",
            summary: "Whether the daemon answers at all.",
            answers: [text(200, "It does.")],
            answer: { _, _, _ in WebReply(type: "text/plain; charset=utf-8", text: "ok\n") }),
        Route(
            method: "GET", path: "/readyz", name: "isReady",
            summary: "Whether scenes can be accepted, whatever has failed.",
            answers: [text(200, "They can."), text(503, "They cannot: why, as a sentence.")],
            answer: { api, _, _ in api.readiness }),
        Route(
            method: "GET", path: "/metrics", name: "getMetrics",
            summary: "Counters in Prometheus' text format.",
            answers: [text(200, "The metrics.")],
            answer: { api, _, _ in
                WebReply(type: Metrics.type, text: try Metrics(api.board).text)
            }),
    ]

    /// What a job's number can be.
    static let jobID: JSONValue = [
        "type": "integer", "minimum": 1, "maximum": .integer(StatusAPI.mostID),
    ]

    private static let string: JSONValue = ["type": "string"]

    private static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    private static func ok(_ summary: String, _ schema: JSONValue) -> Answer {
        Answer(status: 200, summary: summary, type: "application/json", schema: schema)
    }

    private static func text(_ status: Int, _ summary: String) -> Answer {
        Answer(status: status, summary: summary, type: "text/plain", schema: string)
    }

    private static let missing = Answer(
        status: 404, summary: "There is no such job, or no picture of it.",
        type: "application/json", schema: reference("Error"))

    private static let conflict = Answer(
        status: 409, summary: "Its state does not allow that.", type: "application/json",
        schema: reference("Error"))
}
