import Foundation
import IICInfer
import Synchronization

/// Saves answers while the person goes on: what is newest is written, and nobody waits for it.
final class AnswerSaving<Answers: Sendable>: Sendable {
    private struct State {
        var wanted: Answers?
        var isBusy = false
        var problem: String?
    }

    private let replace: @Sendable (Answers) throws -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "answers")

    /// - Parameter replace: writes answers instead of those before; never called twice at a time.
    init(_ replace: @escaping @Sendable (Answers) throws -> Void) { self.replace = replace }

    func save(_ answers: Answers) {
        let begins = state.withLock { state in
            state.wanted = answers
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if begins { queue.async { self.write() } }
    }

    private func write() {
        while true {
            let next = state.withLock { state -> Answers? in
                defer { state.wanted = nil }
                if state.wanted == nil { state.isBusy = false }
                return state.wanted
            }
            guard let next else { return }
            do {
                try replace(next)
                state.withLock { $0.problem = nil }
            } catch {
                state.withLock {
                    $0.problem = "The answers could not be saved: \(error)"
                }
            }
        }
    }

    /// Why the last answers are not on the disk; empty if they are, or will be.
    var problem: [String] { state.withLock { $0.problem.map { [$0] } ?? [] } }

    /// Waits until the newest answers are on the disk.
    ///
    /// - Throws: a sentence if they could not be written.
    func finish() throws {
        queue.sync {}
        if let problem = state.withLock({ $0.problem }) { throw AnswersLost(description: problem) }
    }
}

struct AnswersLost: UserError {
    let description: String
    var exitStatus: ExitStatus { .cannotWrite }
}
