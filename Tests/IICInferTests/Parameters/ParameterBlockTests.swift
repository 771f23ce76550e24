import IICInfer
import Testing

@Suite struct ParameterBlockTests {
    static let architecture = Architecture(
        width: 1.0 / 64, overclusters: 5, classes: 3, subheadsA: 2, subheadsB: 3)

    /// Every number another one.
    static func counting(_ spread: Float = 1) -> ParameterBlock {
        var block = ParameterBlock(zeros: ParameterLayout(architecture))
        var values = block.mutableSpan(0..<block.layout.count)
        for index in 0..<values.count { values[index] = Float(index) * spread }
        return block
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a number that is not finite is found wherever it is, and its tensor named`(
        _ value: Float
    ) {
        let block = Self.counting()
        #expect(block.nonFiniteTensor == nil)
        for entry in block.layout.entries {
            for place in [0, entry.range.count / 2, entry.range.count - 1] {
                var other = block
                other[entry.tensor][place] = value
                #expect(other.nonFiniteTensor == entry.name)
            }
        }
    }

    @Test func `a running average is that of each tensor`() {
        var average = Self.counting()
        let (before, other) = (average, Self.counting(-0.3))
        average.approach(other, by: 0.2)
        for entry in average.layout.entries {
            let (old, new) = (before[entry.tensor], other[entry.tensor])
            #expect(average[entry.tensor] == zip(old, new).map { $0 + 0.2 * ($1 - $0) })
        }
        #expect(average != before)
    }

    @Test func `files have a convolution as [out, in, 3, 3] and a head as [K, features, 1, 1]`()
        throws
    {
        let block = Self.counting()
        for (index, layer) in Self.architecture.layers.enumerated() {
            let values = try #require(block["trunk.features.\(layer.feature).weight"])
            let start = block.layout[.convolution(index)].lowerBound
            for o in 0..<layer.outputs {
                for i in 0..<layer.inputs {
                    for tap in 0..<9 {
                        #expect(
                            values[(o * layer.inputs + i) * 9 + tap]
                                == Float(start + (tap * layer.inputs + i) * layer.outputs + o))
                    }
                }
            }
        }
        let head = try #require(block["head_B.heads.2.0.weight"])
        let start = block.layout[.head(.B, 2)].lowerBound
        let features = Self.architecture.features
        for k in 0..<3 {
            for feature in 0..<features {
                #expect(head[k * features + feature] == Float(start + feature * 3 + k))
            }
        }
        #expect(block["trunk.features.4.bias"] == block[.shift(1)])
        #expect(block["head_B.heads.3.0.weight"] == nil)
    }

    @Test func `a block comes back from the authors' tensors as it was`() {
        let block = Self.counting()
        #expect(block.tensors.count == block.layout.entries.count)
        #expect(ParameterBlock(tensors: block.tensors, layout: block.layout) == block)
    }

    @Test func `a sum reaches its tensor and no other`() {
        let block = Self.counting()
        for entry in block.layout.entries {
            var sum = block
            let ones = [Float](repeating: 1, count: entry.range.count)
            sum.add(ones.span, to: entry.tensor)
            for other in block.layout.entries {
                let isIt = other.tensor == entry.tensor
                #expect(
                    sum[other.tensor]
                        == (isIt ? block[other.tensor].map { $0 + 1 } : block[other.tensor]))
            }
        }
    }

    @Test func `a network at rest has zeros, and batch norms that change nothing`() {
        let block = ParameterBlock(atRest: Self.architecture)
        for entry in block.layout.entries {
            let value: Float =
                switch entry.tensor {
                case .scale, .runningVariance: 1
                default: 0
                }
            #expect(block[entry.tensor].allSatisfy { $0 == value }, "\(entry.name)")
        }
    }
}
