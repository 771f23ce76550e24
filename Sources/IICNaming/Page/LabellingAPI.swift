import Foundation
import IICInfer
import IICWeb
import Synchronization

/// What the page asks a task, one question at a time.
final class LabellingAPI: WebAPI {
    private let task: Mutex<any LabellingTask>

    init(task: any LabellingTask) { self.task = Mutex(task) }

    static func refusal(of error: any Error) -> WebRefusal {
        WebRefusal(status: error is any UserError ? 409 : 500, sentence: "\(error)".shown)
    }

    func state() throws -> WebReply { try task.withLock { WebReply(json: try $0.state().json) } }

    /// Changes the state as `body` says, and answers with the new one.
    func change(
        _ request: WebRequest, _ body: (any LabellingTask, LabellingOrder) throws -> Void
    ) throws -> WebReply {
        try task.withLock { task in
            let order = try LabellingOrder(request, try task.state())
            try body(task, order)
            return WebReply(json: try task.state().json)
        }
    }

    func rename(_ request: WebRequest) throws -> WebReply {
        try change(request) { task, order in
            let (id, name) = (try order.classID(), try order.className())
            if let other = order.holder(of: name), other.id != id {
                throw WebRefusal(
                    status: 409,
                    sentence: "There is a class “\(other.name.shown)” already: merge the two, or "
                        + "give another name.")
            }
            try task.change(id, name: name, colour: try order.colour())
        }
    }

    func merge(_ request: WebRequest) throws -> WebReply {
        try change(request) { task, order in
            let (id, other) = (try order.classID(), try order.classID("into"))
            guard id != other else {
                throw WebRefusal(status: 400, sentence: "A class cannot be merged into itself.")
            }
            try task.merge(id, into: other)
        }
    }

    func chip(_ request: WebRequest) throws -> WebReply {
        let parameters = try request.parameters(among: ["point", "view"])
        guard let view = ChipView(rawValue: parameters["view"] ?? "") else {
            let views = ChipView.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebRefusal(status: 400, sentence: "The parameter view is one of \(views).")
        }
        let id = try WebRequest.number(parameters["point"] ?? "", "point", 1...(1 << 53 - 1))
        return try task.withLock { task in
            let state = try task.state()
            let known =
                state.answers.contains { $0.point.id == id } || state.proposal?.id == id
                || state.upcoming.contains { $0.id == id }
            guard known else {
                throw WebRefusal(status: 404, sentence: "There is no point \(id) to be shown.")
            }
            return WebReply(type: "image/png", bytes: try task.chip(id, view))
        }
    }

    func picture(_ request: WebRequest) throws -> WebReply {
        try scene(request, with: []) { task, part, _ in try task.picture(part) }
    }

    /// Of the revision that the request names: a page that has moved on has no use for another.
    func map(_ request: WebRequest) throws -> WebReply {
        try scene(request, with: ["revision"]) { task, part, state in
            let revision = try request.parameters(among: Self.partNames + ["revision"])["revision"]
            // What the page shows is rounded to whole pixels.
            guard part.width * part.height <= state.mapPixels + state.mapPixels / 8 else {
                throw WebRefusal(
                    status: 400,
                    sentence:
                        "A map of more than \(state.mapPixels) pixels takes too long: ask for a "
                        + "part.")
            }
            guard revision == String(state.revision) else {
                throw WebRefusal(
                    status: 409, sentence: "The map is of the revision \(state.revision) now.")
            }
            return try task.map(part)
        }
    }

    private static let partNames = ["scene", "x", "y", "width", "height", "columns", "rows"]

    private func scene(
        _ request: WebRequest, with others: [String],
        _ body: (any LabellingTask, ScenePart, LabellingState) throws -> [UInt8]
    ) throws -> WebReply {
        let parameters = try request.parameters(among: Self.partNames + others)
        func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
            try WebRequest.number(parameters[name] ?? "", name, range)
        }
        return try task.withLock { task in
            let state = try task.state()
            guard state.kind == .naming, !state.scenes.isEmpty else {
                throw WebRefusal(status: 404, sentence: "There is no map on this page.")
            }
            let place = try number("scene", 0...state.scenes.count - 1)
            let scene = state.scenes[place]
            let x = try number("x", 0...scene.width - 1)
            let y = try number("y", 0...scene.height - 1)
            let part = ScenePart(
                scene: place, x: x, y: y, width: try number("width", 1...scene.width - x),
                height: try number("height", 1...scene.height - y),
                columns: try number("columns", 1...ScenePart.mostSide),
                rows: try number("rows", 1...ScenePart.mostSide))
            return WebReply(type: "image/png", bytes: try body(task, part, state))
        }
    }
}
