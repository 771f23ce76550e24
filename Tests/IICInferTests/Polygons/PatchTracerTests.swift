import TestSupport
import Testing

@testable import IICInfer

@Suite struct PatchTracerTests {
    /// What a map's patches are.
    private struct Result {
        var patches: [Patch] = []
        var cuts = 0
        /// Corners that were in use at the same time, at most.
        var nodes = 0
    }

    private func trace(
        _ labels: [UInt8], width: Int, limit: Int = PatchTracer.vertexLimit
    ) throws -> Result {
        var tracer = PatchTracer(width: width, limit: limit)
        var result = Result()
        for row in 0..<labels.count / width {
            let line = labels.span.extracting(row * width..<(row + 1) * width)
            try tracer.add(line, squareMetres: Double(row + 1)) { result.patches.append($0) }
        }
        try tracer.finish { result.patches.append($0) }
        result.cuts = tracer.cuts
        result.nodes = tracer.nodes.count
        #expect(tracer.used == 0 && tracer.open.isEmpty)
        return result
    }

    /// A map of some classes, of which a part of the pixels has no data.
    private func labels(_ width: Int, _ height: Int, classes: Int, seed: Int) -> [UInt8] {
        (0..<width * height).map { place in
            let (x, y) = (place % width, place / width)
            let isEmpty = seed % 3 > 0 && noise(x, y, 5 * seed + 1) < 40
            return isEmpty ? 255 : UInt8(Int(noise(x, y, 5 * seed)) % classes)
        }
    }

    @Test(arguments: 1...12, 2...4)
    func `polygons are the patches, pixel by pixel`(width: Int, classes: Int) throws {
        for height in 1...12 {
            for seed in 0..<6 {
                let labels = labels(width, height, classes: classes, seed: seed + 10 * height)
                let groups = PatchOracle.groups(labels, width: width)
                let found = try trace(labels, width: width)
                let note = "\(width) × \(height), \(classes) classes, seed \(seed)"
                #expect(found.cuts == 0 && found.patches.allSatisfy { !$0.isPart }, "\(note)")
                #expect(found.patches.count == (groups.max() ?? -1) + 1, "\(note)")
                var seen: Set<Int> = []
                for patch in found.patches {
                    let pixels = PatchOracle.inside(patch, width: width, height: height)
                    let first = try #require(pixels.firstIndex(of: true), "\(note)")
                    #expect(labels[first] == patch.label, "\(note)")
                    #expect(seen.insert(groups[first]).inserted, "\(note)")
                    #expect(pixels == groups.map { $0 == groups[first] }, "\(note)")
                    let problem = PatchOracle.problem(of: patch, pixels: pixels, width: width)
                    #expect(problem == nil, "\(note)")
                }
            }
        }
    }

    @Test(arguments: [0, 4, 9, 20, 50], 2...4)
    func `with too many corners some patches are cut, and all pixels are there`(
        limit: Int, classes: Int
    ) throws {
        var (cuts, whole) = (0, 0)
        for (width, height) in [(1, 12), (5, 9), (12, 12), (40, 30)] {
            for seed in 0..<8 {
                let labels = labels(width, height, classes: classes, seed: seed)
                let groups = PatchOracle.groups(labels, width: width)
                let found = try trace(labels, width: width, limit: limit)
                let note = "\(width) × \(height), \(classes) classes, seed \(seed), \(limit)"
                #expect(found.nodes <= limit + 8 * (width + 1), "\(note)")
                var covered = [Int](repeating: 0, count: labels.count)
                for patch in found.patches {
                    let pixels = PatchOracle.inside(patch, width: width, height: height)
                    let problem = PatchOracle.problem(of: patch, pixels: pixels, width: width)
                    #expect(problem == nil, "\(note)")
                    let first = try #require(pixels.firstIndex(of: true), "\(note)")
                    // What was not cut is a whole patch, and what was cut lies in one.
                    let group = groups.map { $0 == groups[first] }
                    #expect((pixels == group) != patch.isPart, "\(note)")
                    whole += patch.isPart ? 0 : 1
                    var isInGroup = true
                    for pixel in pixels.indices where pixels[pixel] {
                        covered[pixel] += 1
                        if labels[pixel] != patch.label || !group[pixel] { isInGroup = false }
                    }
                    #expect(isInGroup, "\(note)")
                }
                #expect(covered == labels.map { $0 == 255 ? 0 : 1 }, "\(note)")
                #expect((found.cuts > 0) || found.patches.allSatisfy { !$0.isPart }, "\(note)")
                cuts += found.cuts
            }
        }
        #expect(cuts > 0 && whole > 0)
    }

    @Test func `the largest patches are cut, and small ones stay whole`() throws {
        // A comb that has many corners, and single pixels of another class between its teeth.
        let (width, height) = (60, 40)
        let labels = (0..<width * height).map { place -> UInt8 in
            let (x, y) = (place % width, place / width)
            return x % 3 == 1 && y % 2 == 1 ? 1 : 0
        }
        let found = try trace(labels, width: width, limit: 600)
        #expect(found.cuts > 0 && found.cuts < height)
        let small = found.patches.filter { $0.label == 1 }
        #expect(small.count == 20 * 20 && small.allSatisfy { !$0.isPart })
        let large = found.patches.filter { $0.label == 0 }
        #expect(large.count > 1 && large.allSatisfy(\.isPart))
    }

    /// A hole that touches the outer ring; two holes that touch; five of them; a hole around another
    /// patch.
    @Test(
        arguments: [
            (["000", "0.0", "00."], [1]),
            (["0000", "0.00", "00.0", "0000"], [1, 1]),
            (["00000", "0.0.0", "00.00", "0.0.0", "00000"], [1, 1, 1, 1, 1]),
            (["00000", "0...0", "0.0.0", "0...0", "00000"], [9]),
        ])
    func `rings that touch at a corner are rings of their own`(
        rows: [String], holes: [Int]
    ) throws {
        let width = rows[0].count
        let labels: [UInt8] = rows.joined().map { $0 == "." ? 255 : 0 }
        let found = try trace(labels, width: width)
        let patch = try #require(found.patches.max { $0.pixels < $1.pixels })
        let areas = patch.rings.map { patch.doubleArea($0) / 2 }
        #expect(areas.dropFirst().map { -$0 } == holes)
        #expect(areas[0] == patch.pixels + holes.reduce(0, +))
    }

    @Test func `a map without data has no patches`() throws {
        #expect(try trace([255, 255, 255, 255], width: 2).patches.isEmpty)
        #expect(try trace([255], width: 1).patches.isEmpty)
    }

    @Test func `patches come in the order of their first pixels among those of a row`() throws {
        let found = try trace([3, 1, 2, 3, 1, 3], width: 3)
        #expect(found.patches.map(\.label) == [2, 3, 1, 3])
    }
}
