import IICInfer

extension Trainer {
    /// Makes sure that all ranks train the same: settings, data and state. Of the data names, sizes of
    /// files and the bands' quantiles are compared, not every pixel.
    ///
    /// - Throws: ``TrainingError`` in the name of the first that does not; ``Dismissed``.
    package func checkRanks() throws {
        guard ranks.count > 1 else { return }
        let identity = try ranks.together { try self.identity }
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
            let words = [
                Software.version, try JSONValue(encoding: settings).text, source.summary.text,
                try JSONValue(encoding: source.scaling).text,
                try source.quantiles.map { try JSONValue(encoding: $0).text } ?? "",
                try source.fileSizes.map { "\($0)" }.joined(separator: " "), "\(state.step)",
            ]
            let blocks = [state.weights, state.optimizer.m, state.optimizer.v].map { block in
                unsafe block.values.withUnsafeBytes { unsafe SHA256.hex(Array($0)) }
            }
            return SHA256.hex(Array((words + blocks).joined(separator: "\n").utf8))
        }
    }
}
