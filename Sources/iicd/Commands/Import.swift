import ArgumentParser
import IICInfer

/// The command's name is `import`; the type's cannot be.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a model of a PyTorch network's weights.",
        discussion: """
            STATE is the state dict of the IIC authors' SegmentationNet10aTwoHead as a .safetensors \
            file; samples/pytorch has the line that makes one. Shapes tell the bands, the width, the \
            classes and the sub-heads. What a state dict does not tell, flags do: --roles and --limits \
            always, --subhead-a and --subhead-b where a head has several sub-heads.

            EXAMPLES
              iicd import state.safetensors -o model.safetensors \
            --roles red,green,blue,infrared --limits 0,255
              iicd import state.safetensors -o model.safetensors --roles red,green,blue,infrared \
            --limits 120,3000 150,3200 90,2800 300,5000 --sample-type uint16 --pixel-size 10 \
            --names water,forest,town
            """)

    @Argument(help: "The state dict.") var state: String

    @Option(name: [.customShort("o"), .long], help: "The model to write.") var output: String

    @OptionGroup var flags: ImportFlags

    @Flag(help: "Replace an older model.") var overwrite = false

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        try ModelOutput.check(output, inputs: [state], overwrite: overwrite)
        let dict = try StateDict(reading: state)
        let model = try flags.model(of: dict, in: state)
        try model.write(to: output)
        show(model)
    }

    private func show(_ model: ModelBundle) {
        let network = model.architecture
        guard !json else {
            let result: JSONValue = [
                "event": "imported", "model": .string(output),
                "modelSHA256": .string(model.modelHash), "width": .number(network.width),
                "bands": .integer(network.channels), "classes": .integer(network.classes),
                "overclusters": .integer(network.overclusters),
            ]
            print(result.text)
            return
        }
        print(
            "\(output)  \(network.channels) bands, \(network.classes) classes, "
                + "\(network.overclusters) overclusters, width \(network.width)")
    }
}
