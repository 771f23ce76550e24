import Foundation
import IICInfer
import IICWeb

/// What the board knows, as documents.
struct StatusAPI: WebAPI {
    let board: any JobBoard
    private let cache = StatusCache()

    init(board: any JobBoard) { self.board = board }

    static let mostJobs = 500
    /// Beyond this a number of JavaScript is not exact.
    static let mostID = 1 << 53 - 1

    static func refusal(of error: any Error) -> WebRefusal {
        WebRefusal(status: 500, sentence: "The ledger cannot be read: \("\(error)".shown)")
    }

    private static func noJob(_ id: Int) -> WebRefusal {
        WebRefusal(status: 404, sentence: "There is no job \(id).")
    }

    /// Jobs by the time of their last change, latest first.
    func jobs(_ request: WebRequest) throws -> WebReply {
        let parameters = try request.parameters(among: ["state", "limit", "after"])
        let state = try parameters["state"].map { text in
            guard let state = JobState(rawValue: text) else {
                let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw WebRefusal(
                    status: 400,
                    sentence: "There is no state “\(text.shown)”: it is one of \(states).")
            }
            return state
        }
        let limit =
            try parameters["limit"].map {
                try WebRequest.number($0, "limit", 1...Self.mostJobs)
            } ?? 100
        let after = try parameters["after"].map {
            try WebRequest.number($0, "after", 1...Self.mostID)
        }
        let jobs = try board.jobs(in: state, limit: limit, after: after)
        let live = Dictionary(board.live().map { ($0.job.id, $0) }) { $1 }
        return WebReply(json: [
            "jobs": .array(jobs.map { document($0, live[$0.id]) }),
            "counts": try counts(),
            "next": jobs.count == limit ? jobs.last.map { .integer($0.id) } ?? .null : .null,
        ])
    }

    func job(_ id: Int) throws -> WebReply {
        guard let job = try board.job(id) else { throw Self.noJob(id) }
        return WebReply(json: document(job, board.live().first { $0.job.id == id }))
    }

    /// Rows of the small picture of a map, from one on.
    func picture(_ request: WebRequest, _ id: Int) throws -> WebReply {
        let parameters = try request.parameters(among: ["first"])
        let first =
            try parameters["first"].map {
                try WebRequest.number($0, "first", 0...MapRows.longestSide)
            } ?? 0
        guard let job = try board.job(id) else { throw Self.noJob(id) }
        guard let picture = try live(id)?.picture ?? board.picture(of: id) else {
            throw WebRefusal(status: 404, sentence: "There is no picture of job \(id) (yet).")
        }
        let rows = picture.width > 0 ? picture.labels.count / picture.width : 0
        let start = min(first, rows)
        let palette =
            job.result.map { $0.classes.map { ($0.name, $0.colour) } }
            ?? board.description.classes.map { ($0.name, $0.colour) }
        return WebReply(json: [
            "width": .integer(picture.width), "height": .integer(picture.height),
            "first": .integer(start), "rows": .integer(rows - start),
            "labels": .string(
                Data(picture.labels[start * picture.width..<rows * picture.width])
                    .base64EncodedString()),
            "palette": .array(
                palette.map { ["name": .string($0.0.shown), "colour": .string($0.1.shown)] }),
        ])
    }

    func retry(_ id: Int) throws -> WebReply {
        guard let job = try board.job(id) else { throw Self.noJob(id) }
        guard try board.retry(id) else {
            throw WebRefusal(
                status: 409,
                sentence: "Job \(id) is \(job.state.rawValue): only what has failed, waits or was "
                    + "cancelled can be tried again.")
        }
        return try self.job(id)
    }

    func cancel(_ id: Int) throws -> WebReply {
        guard let job = try board.job(id) else { throw Self.noJob(id) }
        guard try board.cancel(id) else {
            throw WebRefusal(
                status: 409,
                sentence:
                    "Job \(id) is \(job.state.rawValue): only what is still to be done can be "
                    + "cancelled.")
        }
        return try self.job(id)
    }

    var readiness: WebReply {
        if let obstacle = board.obstacle {
            return WebReply(
                status: 503, type: "text/plain; charset=utf-8", text: obstacle.shown + "\n")
        }
        return WebReply(type: "text/plain; charset=utf-8", text: "ready\n")
    }

    /// All that the page shows but the lists; made once for all pages that are open.
    func status() throws -> JSONValue {
        let version = board.version
        if let status = cache.status(version) { return status }
        let status: JSONValue = [
            "version": .integer(version),
            "daemon": board.description.json,
            "counts": try counts(),
            "live": .array(board.live().map(document)),
            "latest": try board.jobs(in: nil, limit: 1, after: nil).first.map { document($0, nil) }
                ?? .null,
            "history": .array(DaemonSample.thinned(board.history()).map(\.json)),
            "obstacle": board.obstacle.map { .string($0.shown) } ?? .null,
        ]
        cache.keep(status, version)
        return status
    }

    private func live(_ id: Int) -> LiveJob? { board.live().first { $0.job.id == id } }

    private func counts() throws -> JSONValue {
        let counts = try board.counts()
        return .object(
            Dictionary(
                uniqueKeysWithValues: JobState.allCases.map {
                    ($0.rawValue, .integer(counts[$0] ?? 0))
                }))
    }

    private func document(_ job: Job, _ live: LiveJob?) -> JSONValue {
        guard case .object(var members) = job.json else { return job.json }
        members["progress"] = live?.progress?.json ?? .null
        return .object(members)
    }

    private func document(_ live: LiveJob) -> JSONValue {
        [
            "job": document(live.job, live),
            "memory": .integer(live.memory),
            "picture": live.picture.map {
                [
                    "width": .integer($0.width), "height": .integer($0.height),
                    "rows": .integer($0.width > 0 ? $0.labels.count / $0.width : 0),
                ]
            } ?? .null,
        ]
    }
}

extension StatusAPI: WebEventSource {
    var name: String { "status" }
    var path: String { "/api/status" }
    var version: Int { board.version }
    func text() throws -> String { try status().text }
}
