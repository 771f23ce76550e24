import IICInfer
import Testing

@Suite struct ParameterLayoutTests {
    static let architectures = [
        Architecture(width: 1.0 / 64, overclusters: 5, classes: 3),
        Architecture(
            channels: 3, width: 0.25, overclusters: 24, classes: 6, subheadsA: 2, subheadsB: 16),
    ]

    @Test(
        arguments: architectures,
        [ParameterLayout.Section.allCases, ParameterLayout.Section.learned, [.running], []])
    func `every number of a block belongs to one tensor, and each tensor has its size`(
        _ architecture: Architecture, _ sections: [ParameterLayout.Section]
    ) {
        let layout = ParameterLayout(architecture, sections: sections)
        var owners = [Int](repeating: 0, count: layout.count)
        for entry in layout.entries {
            #expect(entry.range.count == entry.shape.reduce(1, *), "\(entry.name)")
            #expect(layout[entry.tensor] == entry.range)
            for index in entry.range { owners[index] += 1 }
        }
        #expect(owners.allSatisfy { $0 == 1 })
        let last = sections.isEmpty ? 0 : layout.entries.map(\.range.upperBound).max()
        #expect(last == layout.count)
    }

    @Test(arguments: architectures)
    func `a section is one run of just its tensors`(_ architecture: Architecture) {
        let layout = ParameterLayout(architecture)
        var end = 0
        for section in ParameterLayout.Section.allCases {
            #expect(layout[section].lowerBound == end)
            end = layout[section].upperBound
        }
        #expect(end == layout.count)
        for entry in layout.entries {
            let section: ParameterLayout.Section =
                if entry.name.contains(".running_") {
                    .running
                } else if entry.name.hasPrefix("head_A") {
                    .headA
                } else {
                    entry.name.hasPrefix("head_B") ? .headB : .trunk
                }
            #expect(layout[section].contains(entry.range), "\(entry.name)")
        }
    }

    @Test func `a gradient's tensors lie where the weights' do`() {
        let architecture = Self.architectures[1]
        let whole = ParameterLayout(architecture)
        let learned = ParameterLayout(architecture, sections: ParameterLayout.Section.learned)
        #expect(learned.entries.count == whole.entries.count - 12)
        for entry in learned.entries { #expect(whole[entry.tensor] == entry.range) }
        #expect(learned != whole)
    }
}
