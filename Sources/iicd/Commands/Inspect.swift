import ArgumentParser

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a scene or a model is.")

    @Argument(help: "A scene or a model file.") var file: String

    func run() throws {}
}
