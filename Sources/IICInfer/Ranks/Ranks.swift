import Foundation

/// The processes that do one job together, numbered from 0. All run the same program, on one machine
/// or many.
///
/// Messages between two ranks with one tag arrive in the order in which they were sent. Nothing here
/// throws: a rank that dies takes the job with it. What may go wrong in one rank alone is done in
/// ``together(_:)``.
package protocol Ranks: Sendable {
    /// This process's number.
    var rank: Int { get }
    /// How many there are.
    var count: Int { get }
    /// The name of the machine that this process runs on.
    var host: String { get }

    /// Begins to send; the message must not be changed until the transfer is done.
    func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer

    /// Begins to receive a message of just this size; nil stands for any rank.
    func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer

    /// Begins to bring a message from one rank to all others.
    ///
    /// All ranks call it, and in the same order if there are several broadcasts.
    func broadcast(_ message: RankMessage, from rank: Int) -> Transfer

    /// Ends this process's part in orderly fashion, when nothing is on its way any more.
    func finish()

    /// Ends all ranks at once, with this exit code.
    func abort(_ code: Int32) -> Never
}

/// One process that does the whole job: the ordinary case.
package struct SingleRank: Ranks {
    package init() {}

    package var rank: Int { 0 }
    package var count: Int { 1 }
    package var host: String { "this machine" }

    package func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer {
        preconditionFailure("one process alone sends to rank \(rank)")
    }

    package func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer {
        preconditionFailure("one process alone receives")
    }

    package func broadcast(_ message: RankMessage, from rank: Int) -> Transfer { .done }

    package func finish() {}

    package func abort(_ code: Int32) -> Never { exit(code) }
}
