import ArgumentParser
import Foundation
import IICInfer
import IICKernels

struct KernelBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time the convolutions of one tile, layer by layer, on one thread.",
        discussion: """
            Operations are counted as a direct convolution does them, so a kernel that needs fewer \
            can pass the peak.
            """)

    @Option(help: "Scale of the trunk's layers; may be given again (default: 1 and 0.25).")
    var width: [Double] = [1, 0.25]
    @Option(help: "Only kernels of this name.") var kernel: String?
    @Option(help: "paper or seamless.") var geometry = Geometry.paper
    @Option(help: "Seconds for each line.") var seconds = 0.5

    func run() throws {
        let kernels = ConvolutionKernel.all.filter { kernel == nil || $0.name == kernel }
        guard !kernels.isEmpty else {
            let names = ConvolutionKernel.all.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no kernel “\(kernel ?? "")”; there are: \(names).")
        }
        let peak = Peak(threads: 1, seconds: seconds).oneCore
        print("Peak of one core: \(text(peak, 1)) GFLOP/s (\(InstructionSet.name))\n")
        show("width", "layer", "output", "kernel", "ms", "GFLOP/s", "of peak")
        for width in width {
            let shape = NetworkShape(
                architecture: Architecture(width: width, overclusters: 24, classes: 6),
                geometry: geometry, height: 200, width: NetworkBenchmark.side)
            for kernel in kernels {
                var (work, time) = (0.0, 0.0)
                for layer in shape.convolutions {
                    let operations = layer.operations
                    let least = leastSeconds(total: seconds, kernel.prepare(layer))
                    let dilation = layer.dilation == 1 ? "" : " dilated"
                    show(
                        text(width, 4), "\(layer.inputs) → \(layer.outputs)\(dilation)",
                        "\(layer.outputHeight) × \(layer.outputWidth)", kernel.name,
                        text(least * 1e3, 2), text(operations / least, 1),
                        text(operations / least / peak * 100, 0) + " %")
                    work += operations
                    time += least
                }
                show(
                    text(width, 4), "all", "", kernel.name, text(time * 1e3, 2),
                    text(work / time, 1), text(work / time / peak * 100, 0) + " %")
            }
        }
    }

    private func show(_ columns: String...) {
        let widths = [-7, -20, -11, -10, 9, 9, 9]
        let cells = zip(columns, widths).map { cell, width in
            let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
            return width < 0 ? cell + space : space + cell
        }
        print(cells.joined())
    }

    private func text(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(0...digits)).grouping(.never)
                .locale(Locale(identifier: "en")))
    }
}

extension ConvolutionShape {
    /// GFLOP of the direct convolution: a product and a sum for each tap of each output.
    fileprivate var operations: Double {
        2 * Double(outputHeight * outputWidth * outputs * taps) * 1e-9
    }
}
