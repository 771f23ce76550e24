import IICInfer

/// Where a command writes a model to.
enum ModelOutput {
    /// Refuses a place that cannot be written to, and one where something else than a model is.
    ///
    /// - Returns: whether there is a model.
    static func check(_ output: String) throws -> Bool {
        _ = try AtomicFile(path: output)
        switch FileKind(path: output) {
        case .missing, .empty: return false
        case .model: return true
        case .other:
            throw UsageError(
                description: "“\(output)” is no model and would be replaced: give another name "
                    + "with -o.")
        }
    }

    /// The same, and replaces a model only where that is wanted, and never one of `inputs`: whoever
    /// makes one of another may want to go back.
    static func check(_ output: String, inputs: [String], overwrite: Bool) throws {
        guard try check(output) else { return }
        guard overwrite else {
            throw UsageError(
                description: "“\(output)” is there already: give --overwrite, or another name with "
                    + "-o.")
        }
        let file = try FileStamp(output)?.file
        for input in inputs where try FileStamp(input)?.file == file {
            throw OutputPathError.replacesInput(path: output)
        }
    }
}
