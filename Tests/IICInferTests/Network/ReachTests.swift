import Testing

@testable import IICInfer

@Suite struct ReachTests {
    private static let architecture = StreamingEngineTests.weights().architecture

    private func plan(_ geometry: Geometry, _ size: Int, _ outputs: Range<Int>) -> AxisPlan {
        AxisPlan(
            architecture: Self.architecture, geometry: geometry, size: size, outputs: outputs)
    }

    /// What a layer computes for one output alone is what reaches it.
    @Test(arguments: [
        (Geometry.seamless, 1, 0..<1), (.seamless, 130, 0..<130), (.seamless, 333, 0..<333),
        (.seamless, 333, 47..<251), (.seamless, 500, 499..<500), (.paper, 200, 0..<200),
        (.paper, 61, 0..<61), (.paper, 8, 0..<8),
    ])
    func `a group reaches the outputs whose own plans compute it`(
        geometry: Geometry, size: Int, outputs: Range<Int>
    ) {
        let whole = plan(geometry, size, outputs)
        let reach = whole.reach
        #expect(reach.count == whole.layers.count + 1)
        var expected = reach.map { [Set<Int>](repeating: [], count: $0.count) }
        for output in outputs {
            let alone = plan(geometry, size, output..<output + 1)
            for (index, layer) in whole.layers.enumerated() where !alone.features.isEmpty {
                let computed = alone.layers[index].computed
                for group in reach[index].indices {
                    let first = layer.computed.lowerBound + group * layer.group
                    if computed.overlaps(first..<first + layer.group) {
                        expected[index][group].insert(output)
                    }
                }
            }
            for feature in alone.features {
                expected[whole.layers.count][feature - whole.features.lowerBound].insert(output)
            }
        }
        for (index, groups) in reach.enumerated() {
            for (group, range) in groups.enumerated() {
                #expect(Set(range) == expected[index][group], "layer \(index), group \(group)")
            }
        }
    }

    @Test func `reaches never fall from group to group`() {
        for groups in plan(.seamless, 700, 13..<650).reach {
            let used = groups.filter { !$0.isEmpty }
            for (one, next) in zip(used, used.dropFirst()) {
                #expect(one.lowerBound <= next.lowerBound && one.upperBound <= next.upperBound)
            }
        }
    }

    @Test func `cells tell which groups reach a wanted output`() {
        let swath = Swath(height: 90, rows: 10..<77, width: 120, columns: 33..<101)
        let plan = SwathPlan(architecture: Self.architecture, geometry: .seamless, swath: swath)
        let inputs = (rows: plan.rows.inputs, columns: plan.columns.inputs)
        let wanted: Set = [[10, 33], [10, 100], [41, 60], [76, 70]]
        var cells = WantedCells(plan: plan)
        for start in stride(from: inputs.rows.lowerBound, to: inputs.rows.upperBound, by: 16) {
            let rows = start..<min(start + 16, inputs.rows.upperBound)
            var marks: [UInt8] = []
            for row in rows {
                for column in inputs.columns {
                    marks.append(wanted.contains([row, column]) ? 1 : 0)
                }
            }
            cells.add(marks.span, rows: rows)
        }
        for (rows, columns) in zip(plan.rows.reach, plan.columns.reach) {
            for row in rows {
                guard let marks = cells.groups(reaching: row, columns: columns) else {
                    Issue.record("all of rows \(row)")
                    continue
                }
                for (mark, column) in zip(marks, columns) {
                    let isReached = wanted.contains {
                        row.contains($0[0]) && column.contains($0[1])
                    }
                    // Whole cells of 4 × 8 count, so some more may be computed.
                    if isReached { #expect(mark, "\(row) \(column)") }
                    let isNear = wanted.contains {
                        row.lowerBound - 4 < $0[0] && $0[0] < row.upperBound + 4
                            && column.lowerBound - 8 < $0[1] && $0[1] < column.upperBound + 8
                    }
                    if !isNear { #expect(!mark, "\(row) \(column)") }
                }
            }
        }
    }
}
