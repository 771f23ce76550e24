import IICInfer
import IICKernels

import IICTrain

/// Fields that are there already, and where gradients stay as they come.
final class ArrayFields: PairFields {
    let shape: FieldShape
    let firsts: [Buffer<Double>]
    let seconds: [Buffer<Double>]
    let dFirsts: [Buffer<Double>]
    let dSeconds: [Buffer<Double>]
    private let masks: [[Double]]

    /// - Parameters:
    ///   - firsts, seconds: `(H, W, K)` an image, masked.
    ///   - masks: all ones unless given.
    init(
        firsts: [[Double]], seconds: [[Double]], shape: FieldShape, masks: [[Double]]? = nil
    ) {
        self.shape = shape
        self.firsts = firsts.map { Buffer($0) }
        self.seconds = seconds.map { Buffer($0) }
        self.masks =
            masks
            ?? firsts.map { _ in Array(repeating: 1, count: shape.height * shape.width) }
        func nothing() -> [Buffer<Double>] {
            firsts.map { _ in Buffer(repeating: .nan, count: shape.count) }
        }
        dFirsts = nothing()
        dSeconds = nothing()
    }

    var images: Int { firsts.count }

    private func range(_ row: Int) -> Range<Int> {
        row * shape.width * shape.classes..<(row + 1) * shape.width * shape.classes
    }

    func begin(image: Int, worker: Int) {}

    func end(image: Int, worker: Int) {}

    func read(
        row: Int, image: Int, worker: Int, first: inout MutableSpan<Double>,
        second: inout MutableSpan<Double>
    ) {
        copy(firsts[image], row, into: &first)
        copy(seconds[image], row, into: &second)
    }

    private func copy(
        _ source: Buffer<Double>, _ row: Int, into target: inout MutableSpan<Double>
    ) {
        let values = source.span(range(row))
        for index in 0..<values.count { target[index] = values[index] }
    }

    func readMask(row: Int, image: Int, into mask: inout MutableSpan<Double>) {
        for x in 0..<shape.width { mask[x] = masks[image][row * shape.width + x] }
    }

    func add(row: Int, image: Int, worker: Int, dFirst: Span<Double>, dSecond: Span<Double>) {
        let (first, second) = (dFirsts[image], dSeconds[image])
        var d1 = first.mutableSpan(range(row))
        var d2 = second.mutableSpan(range(row))
        for index in 0..<dFirst.count {
            d1[index] = dFirst[index]
            d2[index] = dSecond[index]
        }
    }
}
