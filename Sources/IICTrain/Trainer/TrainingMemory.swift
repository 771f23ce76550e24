import IICInfer
import IICKernels

/// How a training's memory limit is spent.
struct TrainingMemory {
    /// Peak bytes of everything but the activations kept between the two passes.
    let least: Int

    private static let base = 160 << 20

    init(settings: TrainingSettings, threads: Int) {
        let architecture = settings.architecture
        let shape = NetworkShape(
            architecture: architecture, geometry: settings.geometry, height: settings.crop,
            width: settings.crop)
        let group = min(settings.group, settings.batch)
        let weights = architecture.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let largest = architecture.layers.map { 9 * $0.inputs * $0.outputs }.max() ?? 0
        let widest = shape.convolutions.map { $0.outputHeight * $0.outputWidth * $0.outputs }.max()
        let views = settings.views == .separate ? 3 : 2
        let maps = Head.allCases.reduce(0) {
            $0 + architecture.subheads(of: $1) * architecture.classes(of: $1)
        }
        let pixels = settings.crop * settings.crop
        let box = (2 * settings.halfWidth + 1) * (2 * settings.halfWidth + 1)
        let joints = box * architecture.overclusters * architecture.overclusters
        let columns = max(1 << 20, settings.crop * box * architecture.overclusters * 8)
        var total = Self.base
        // Weights, two moments, gradient, a copy for a file; a gradient an image while it adds up.
        total += 4 * (6 * weights + 3 * group * largest)
        // One group's activations, and two layers' gradients on the way back.
        total += GroupPass.bytes(images: group, shape: shape) + 12 * (widest ?? 0) * group
        // Images, masks, the heads' maps and their gradients.
        total += settings.batch * views * pixels * (4 * architecture.channels + 16)
        total += 8 * settings.batch * views * shape.headHeight * shape.headWidth * maps
        // The objective's fields, and the joints of each image.
        total += threads * (40 * pixels * architecture.overclusters + columns)
        total += 8 * joints * (settings.batch + 4)
        least = total
    }

    /// Bytes of activations that may stay, or an error that names the least limit that works.
    func kept(limit: Int) throws -> Int {
        guard limit >= least else {
            let mebibytes = (least >> 20) + 1
            throw TrainingError(
                "Training with these settings needs --memory \(mebibytes)MiB or more, "
                    + "not \(limit >> 20)MiB; a smaller --group, --batch or --crop needs less.",
                exitStatus: .usage)
        }
        return limit - least
    }
}
