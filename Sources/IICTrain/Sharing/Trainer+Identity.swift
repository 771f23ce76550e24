import IICInfer

extension Trainer {
    /// Makes sure that all ranks train the same: settings, data and state.
    ///
    /// - Throws: ``TrainingError`` in the name of the first that does not; ``Dismissed``.
    package func checkRanks() throws {
        guard ranks.count > 1 else { return }
        let identity = try identity
        let first = String(decoding: ranks.broadcast(bytes: Array(identity.utf8)), as: UTF8.self)
        try ranks.together {
            guard identity == first else {
                throw TrainingError(
                    "It has other settings, other data, another checkpoint or another version than "
                        + "rank 0: give all ranks the same.", exitStatus: .badInput)
            }
        }
    }

    private var identity: String {
        get throws {
            var hash = SHA256()
            hash.update(Software.version)
            hash.update(try JSONValue(encoding: settings).text)
            hash.update(source.summary.text)
            hash.update("\(state.step)")
            for block in [state.weights, state.optimizer.m, state.optimizer.v] {
                hash.update(block.values.map(\.bitPattern).flatMap(Self.bytes).span)
            }
            return hash.hex()
        }
    }

    private static func bytes(_ bits: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
}
