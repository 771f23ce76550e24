/// What is made of scenes: one model with one set of settings.
package struct DaemonPlan: Sendable {
    package var modelHash: String
    package var settingsHash: String
    /// The model's file, as the user named it.
    package var model: String
    package var classes: [DaemonDescription.Class]
    package var work: SceneWork

    package init(
        modelHash: String, settingsHash: String, model: String,
        classes: [DaemonDescription.Class], work: SceneWork
    ) {
        self.modelHash = modelHash
        self.settingsHash = settingsHash
        self.model = model
        self.classes = classes
        self.work = work
    }
}
