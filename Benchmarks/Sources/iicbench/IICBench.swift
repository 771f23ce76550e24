import ArgumentParser

@main struct IICBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iicbench",
        abstract: "Times what iicd's maps are made with.",
        discussion: """
            Results that scripts read are one JSON object on standard output.

            EXAMPLES
              iicbench model --width 0.25 -o model.safetensors
              iicbench network -m model.safetensors --tiles 16 --threads 2 --repeat 5
              iicbench kernels --width 0.25
              iicbench loss --batch 75 --displacement-radius 10
              iicbench train --batch 4 --displacement-radius 10
              iicbench peak
            """,
        subcommands: [
            RandomModel.self, NetworkBenchmark.self, KernelBenchmark.self, StageBenchmark.self,
            TrainingStages.self, PeakBenchmark.self, LossBenchmark.self, TrainBenchmark.self,
        ])
}
