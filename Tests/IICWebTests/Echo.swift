import IICInfer
import IICWeb
import Synchronization

/// An API that says again what it is told.
final class Echo: WebAPI, WebEventSource {
    private let state = Mutex<[String]>([])

    var heard: [String] { state.withLock { $0 } }
    func hear(_ text: String) { state.withLock { $0.append(text) } }

    static func refusal(of error: any Error) -> WebRefusal {
        WebRefusal(status: 500, sentence: "It fails: \(error).")
    }

    let name = "heard"
    let path = "/heard"
    var version: Int { heard.count }
    func text() throws -> String { JSONValue.array(heard.map(JSONValue.string)).text }
}

struct EchoRoute: WebRoute {
    let method: String
    let path: String
    let answer: @Sendable (Echo, WebRequest, Int) throws -> WebReply

    static let withoutToken: Set<String> = ["/open"]

    static let all: [EchoRoute] = [
        EchoRoute(method: "GET", path: "/") { _, _, _ in
            WebPage(title: "t", style: "", markup: "<p>page</p>", script: "").reply
        },
        EchoRoute(method: "POST", path: "/say") { api, request, _ in
            let json = try request.json()
            api.hear(json["text"]?.string ?? "")
            return WebReply(json: json)
        },
        EchoRoute(method: "POST", path: "/ping/{id}") { api, request, id in
            api.hear("\(id) \(request.body.count)")
            return WebReply(type: "image/png", bytes: [0x89, 0xFF, 0, UInt8(id)])
        },
        EchoRoute(method: "GET", path: "/open") { _, _, _ in
            throw UsageError(description: "of no use")
        },
        EchoRoute(method: "GET", path: "/heard/events") { api, _, _ in .events(of: api) },
    ]
}
