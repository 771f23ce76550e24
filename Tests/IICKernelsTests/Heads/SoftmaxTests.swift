import Foundation
import IICKernels
import Testing

@Suite struct SoftmaxTests {
    private func softmax(_ logits: [Double], classes: Int) -> [Double] {
        stride(from: 0, to: logits.count, by: classes).flatMap { start in
            let pixel = logits[start..<start + classes]
            let powers = pixel.map { exp($0 - (pixel.max() ?? 0)) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
    }

    @Test(arguments: [1, 2, 3, 24, 36], [1, 30, 3000])
    func `probabilities are those of the logits, however large`(_ classes: Int, _ spread: Int) {
        var noise = Noise(classes)
        let logits = noise.reals(7 * classes).map { Double(Float($0 * Double(spread))) }
        let output: [Float] = written(over: converted(logits)) {
            IICKernels.softmax(&$0, classes: classes)
        }
        // A relative error of some units in the last place of numbers up to 1.
        #expect(distance(output, softmax(logits, classes: classes)) <= 1e-6)
        for start in stride(from: 0, to: output.count, by: classes) {
            #expect(abs(output[start..<start + classes].reduce(0, +) - 1) <= 1e-6)
        }
    }

    @Test(arguments: [1, 2, 3, 24])
    func `gradients are those of finite differences`(_ classes: Int) {
        var noise = Noise(classes + 40)
        let logits = noise.reals(5 * classes).map { 3 * $0 }
        let dOutput = noise.reals(logits.count)
        let probabilities: [Float] = converted(softmax(logits, classes: classes))
        let gradient: [Float] = written(over: converted(dOutput)) {
            backpropagateSoftmax(&$0, probabilities: probabilities.span, classes: classes)
        }
        let expected = Oracle.gradient(at: logits) {
            dot(softmax($0, classes: classes), dOutput)
        }
        #expect(distance(gradient, expected) <= 1e-6)
    }
}
