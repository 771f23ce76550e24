package import IICInfer

/// A change of a legend, or a file of one, that cannot be used.
package struct LegendError: UserError, Equatable {
    package let description: String
    package let exitStatus: ExitStatus

    /// What a user has typed.
    package init(_ description: String) {
        self.description = description
        exitStatus = .usage
    }

    /// What a file holds.
    ///
    /// - Parameter reason: as the end of a sentence.
    package init(file path: String, _ reason: String) {
        description = "Cannot use the legend “\(path)”: \(reason)."
        exitStatus = .badInput
    }

    /// Scenes of which nothing can be told.
    static func noData(windows: Int) -> LegendError {
        LegendError(
            "There is no data in the \(windows) windows of the scenes that were looked at: give other "
                + "scenes, or another --seed.")
    }
}
