import Foundation
import IICInfer
import IICTrain

extension Evaluate {
    /// Runs the model on DATA and scores what it says.
    func scoreModel() throws -> EvaluationReport {
        throw ModelScoringMissing()
    }
}

/// Scoring by a model is not there yet.
struct ModelScoringMissing: UserError {
    var exitStatus: ExitStatus { .failed }
    var description: String {
        "This build cannot run a model in evaluate; segment the scene first and give --labels."
    }
}
