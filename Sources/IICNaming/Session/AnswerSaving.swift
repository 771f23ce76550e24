import Foundation
import IICInfer
import Synchronization

/// Saves answers while the person goes on: what is newest is written, and nobody waits for it.
final class AnswerSaving: Sendable {
    private struct State {
        var wanted: AnswerBook?
        var isBusy = false
        var problem: String?
    }

    let file: AnswerFile
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "answers")

    init(_ file: AnswerFile) { self.file = file }

    func save(_ book: AnswerBook) {
        let begins = state.withLock { state in
            state.wanted = book
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if begins { queue.async { self.write() } }
    }

    private func write() {
        while true {
            let next = state.withLock { state -> AnswerBook? in
                defer { state.wanted = nil }
                if state.wanted == nil { state.isBusy = false }
                return state.wanted
            }
            guard let next else { return }
            do {
                try file.write(next, isSimulated: false, replacing: true)
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
