import IICKernels
import Testing

@Suite struct BufferTests {
    @Test func `parts of a buffer are parts of the whole`() {
        let buffer = Buffer<Float>(repeating: 2, count: 5)
        var part = buffer.mutableSpan(1..<3)
        part[0] = 7
        part[1] = 8
        #expect(buffer.array == [2, 7, 8, 2, 2])
        #expect(buffer.span(2..<4)[0] == 8 && buffer.span().count == 5)
        #expect(Buffer<Double>([1, 2]).array == [1, 2] && Buffer<Float>([]).count == 0)
    }

    @Test func `a range that leaves a buffer stops the program, also unchecked`() async {
        await #expect(processExitsWith: .failure) {
            _ = Buffer<Float>(repeating: 0, count: 3).span(1..<4).count
        }
    }
}
