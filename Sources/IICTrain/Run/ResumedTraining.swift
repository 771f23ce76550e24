import IICInfer

/// What a training goes on from: the content of its checkpoint.
package struct ResumedTraining: Sendable {
    private let path: String
    package let settings: TrainingSettings
    package let state: TrainingState
    /// Of the data that it was trained on.
    private let summary: JSONValue

    /// - Throws: ``SafeTensorsError`` and the like; ``TrainingError`` for what is no checkpoint.
    init(reading path: String) throws {
        let bundle = try ModelBundle(reading: path)
        state = try TrainingState(reading: bundle, path: path)
        do { settings = try bundle.training.decode(TrainingSettings.self) } catch {
            throw TrainingError(
                "“\(path)” is no checkpoint of this version: its settings cannot be read.",
                exitStatus: .badInput)
        }
        guard settings.architecture == bundle.architecture else {
            throw TrainingError(
                "“\(path)” is damaged: its settings describe another network.",
                exitStatus: .badInput)
        }
        self.path = path
        summary = bundle.data.withoutConstantBands
    }

    /// Refuses settings that would make it another training; whether its models get a refinement
    /// does not.
    package func check(_ wanted: TrainingSettings) throws {
        var settings = settings
        settings.refine = wanted.refine
        guard wanted != settings else { return }
        let differences = try JSONValue(encoding: settings)
            .differences(to: JSONValue(encoding: wanted))
        throw TrainingError(
            "“\(path)” was trained with other settings than the flags name "
                + "(\(differences.joined(separator: "; "))): leave them out to resume, or train "
                + "without --resume.", exitStatus: .usage)
    }

    /// Refuses other data.
    package func check(source: any TrainingSource) throws {
        guard source.summary != summary else { return }
        throw TrainingError(
            "“\(path)” was trained on other data "
                + "(\(summary.differences(to: source.summary).joined(separator: "; "))): resume "
                + "with those, or train without --resume.",
            exitStatus: .badInput)
    }
}
