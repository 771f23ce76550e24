extension Ranks {
    /// Runs `body` on every rank and returns when all have succeeded. If one fails, all throw: rank 0
    /// what went wrong, to be told to the user; the others ``Dismissed``.
    package func together<Value>(_ body: () throws -> Value) throws -> Value {
        guard count > 1 else { return try body() }
        let result = Result { try body() }
        var failure: (any Error)?
        if case .failure(let error) = result { failure = error }
        let failed = gather([failure == nil ? 0 : 1]).firstIndex { $0[0] != 0 } ?? -1
        if let error = self.failure(of: broadcast([failed])[0], mine: failure) { throw error }
        return try result.get()
    }

    /// What a rank throws after all have learnt which one failed.
    ///
    /// - Parameters:
    ///   - rank: the one that failed; negative if none did.
    ///   - mine: this rank's error, if it is the one.
    package func failure(of rank: Int, mine: (any Error)?) -> (any Error)? {
        guard rank >= 0 else { return nil }
        if rank == 0 { return self.rank == 0 ? mine : Dismissed() }
        if self.rank == rank {
            let user = mine as? any UserError
            let words = user?.description ?? mine.map { "\($0)" } ?? "unknown"
            let status = user?.exitStatus ?? .failed
            send(bytes: [UInt8(status.rawValue)], to: 0, tag: RankTag.failure)
            send(bytes: Array(host.utf8), to: 0, tag: RankTag.failure)
            send(bytes: Array(words.utf8), to: 0, tag: RankTag.failure)
        }
        guard self.rank == 0 else { return Dismissed() }
        let status = receiveBytes(from: rank, tag: RankTag.failure).bytes
        let host = receiveBytes(from: rank, tag: RankTag.failure).bytes
        let words = receiveBytes(from: rank, tag: RankTag.failure).bytes
        return RankFailure(
            rank: rank, count: count, host: String(decoding: host, as: UTF8.self),
            words: String(decoding: words, as: UTF8.self),
            exitStatus: ExitStatus(rawValue: Int32(status[0])) ?? .failed)
    }
}

/// Another rank of the job failed, and rank 0 tells the user: this one ends without a word.
package struct Dismissed: Error, Equatable {
    package init() {}
}

/// What went wrong in another rank than this.
package struct RankFailure: UserError, Equatable {
    let rank: Int
    let count: Int
    let host: String
    let words: String
    package let exitStatus: ExitStatus

    package var description: String { "Rank \(rank) of \(count) on “\(host)”: \(words)" }
}
