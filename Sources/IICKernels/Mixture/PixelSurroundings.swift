/// What lies around a row's pixels: mean and standard deviation of each band over the valid ones
/// among the 7 × 7 pixels around each, itself included.
public enum PixelSurroundings {
    /// Rows and columns on each side of a pixel.
    public static let reach = 3

    /// Numbers a pixel.
    public static func dimensions(channels: Int) -> Int { 2 * channels }

    /// Numbers of scratch for a row.
    public static func scratchCount(channels: Int, stride: Int) -> Int {
        (2 * channels + 1) * scratchStride(stride)
    }

    private static func scratchStride(_ stride: Int) -> Int { stride + 2 * laneWidth }

    /// Each sum is made in the same order for each pixel, whatever row it lies in.
    ///
    /// - Parameters:
    ///   - lines: seven rows, the pixels' own in the middle, with a ``PixelLine/reach`` of 3.
    ///   - output: `(2 C, stride)`, overwritten: means of the bands, then their deviations. Columns
    ///     beyond the row's are finite and mean nothing.
    ///   - stride: pixels, a multiple of 16.
    ///   - scratch: ``scratchCount(channels:stride:)`` numbers, overwritten.
    public static func features(
        _ lines: [PixelLine], into output: inout MutableSpan<Float>, stride: Int,
        scratch: inout MutableSpan<Float>
    ) {
        check(lines.count == 2 * reach + 1)
        let (channels, count, step) = (lines[0].channels, lines[0].count, lines[0].stride)
        check(lines.allSatisfy { $0.channels == channels && $0.count == count })
        check(lines.allSatisfy { $0.reach == reach })
        check(stride.isMultiple(of: laneWidth) && stride >= count)
        check(output.count == 2 * channels * stride)
        check(scratch.count == scratchCount(channels: channels, stride: stride))
        let width = scratchStride(stride)
        scratch.withUnsafeMutableBufferPointer { scratch in
            guard let sums = scratch.baseAddress else { return }
            addRows(lines, channels: channels, step: step, into: sums, width: width)
            output.withUnsafeMutableBufferPointer { output in
                guard let output = output.baseAddress else { return }
                for column in Swift.stride(from: 0, to: stride, by: laneWidth) {
                    let number = largest(
                        across(sums + 2 * channels * width + column), Lane(repeating: 1))
                    for c in 0..<channels {
                        let mean = across(sums + c * width + column) / number
                        let square = across(sums + (channels + c) * width + column) / number
                        let variance = largest(square.adding(product: -mean, mean), Lane())
                        storeLane(mean, output + c * stride + column)
                        storeLane(
                            variance.squareRoot(), output + (channels + c) * stride + column)
                    }
                }
            }
        }
    }

    /// Sums of seven rows, column by column: of values, of their squares, of marks.
    @inline(__always)
    private static func addRows(
        _ lines: [PixelLine], channels: Int, step: Int, into sums: UnsafeMutablePointer<Float>,
        width: Int
    ) {
        for index in 0..<(2 * channels + 1) * width { sums[index] = 0 }
        for line in lines {
            let row = line.values
            row.span().withUnsafeBufferPointer { values in
                guard let values = values.baseAddress else { return }
                for column in Swift.stride(from: 0, to: min(step, width), by: laneWidth) {
                    for c in 0..<channels {
                        let value = loadLane(values + c * step + column)
                        let (sum, square) = (c * width + column, (channels + c) * width + column)
                        storeLane(loadLane(sums + sum) + value, sums + sum)
                        storeLane(
                            loadLane(sums + square).adding(product: value, value), sums + square)
                    }
                    let marks = 2 * channels * width + column
                    storeLane(
                        loadLane(sums + marks) + loadLane(values + channels * step + column),
                        sums + marks)
                }
            }
        }
    }

    /// Of seven columns, for 16 pixels side by side.
    @inline(__always)
    private static func across(_ sums: UnsafePointer<Float>) -> Lane {
        var sum = load(sums)
        for offset in 1...2 * reach { sum += load(sums + offset) }
        return sum
    }

    @inline(__always)
    private static func load(_ source: UnsafePointer<Float>) -> Lane {
        UnsafeRawPointer(source).loadUnaligned(as: Lane.self)
    }
}
