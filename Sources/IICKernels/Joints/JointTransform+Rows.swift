extension JointTransform {
    /// Transforms one row of an image.
    ///
    /// - Parameters:
    ///   - first, second: row `y` of the masked fields, `(W, K)`.
    ///   - spectrum: an image's; what belongs to the row is overwritten.
    public func transformRow(
        _ y: Int, first: Span<Double>, second: Span<Double>,
        into spectrum: inout MutableSpan<ComplexLane>, line: inout MutableSpan<ComplexLane>
    ) {
        check(first.count == width * classes && second.count == first.count)
        check(spectrum.count >= spectrumCount && line.count >= across.points)
        forEachPart(of: y) { part in
            for x in 0..<across.points { line[x] = ComplexLane() }
            for x in part.window {
                line[x - part.window.lowerBound].re = load(first, x, part.lane)
            }
            for x in part.own {
                line[x - part.window.lowerBound].im = load(second, x, part.lane)
            }
            rowTransform.forward(&line)
            var target = part.place
            for place in 0..<across.points {
                spectrum[target] = line[place]
                target += columnCount
            }
        }
    }

    /// Brings one row of the gradients back.
    ///
    /// - Parameters:
    ///   - spectrum: an image's, after ``scatter(column:_:image:images:into:line:mirror:)`` of
    ///     all columns.
    ///   - dFirst, dSecond: row `y`, `(W, K)`, overwritten.
    public func transformRowBack(
        _ y: Int, _ spectrum: Span<ComplexLane>, dFirst: inout MutableSpan<Double>,
        dSecond: inout MutableSpan<Double>, line: inout MutableSpan<ComplexLane>
    ) {
        check(dFirst.count == width * classes && dSecond.count == dFirst.count)
        check(spectrum.count >= spectrumCount && line.count >= across.points)
        for index in 0..<dFirst.count { dFirst[index] = 0 }
        forEachPart(of: y) { part in
            var source = part.place
            for place in 0..<across.points {
                line[place] = spectrum[source]
                source += columnCount
            }
            rowTransform.inverse(&line)
            for x in part.window {
                let sum =
                    load(dFirst.span, x, part.lane)
                    + line[x - part.window.lowerBound].re
                store(sum, into: &dFirst, x, part.lane)
            }
            for x in part.own {
                store(line[x - part.window.lowerBound].im, into: &dSecond, x, part.lane)
            }
        }
    }

    /// One transform of a row: of a block and a lane of classes.
    private struct Part {
        let lane: Int
        /// The pixels of the first field.
        let window: Range<Int>
        /// The pixels of the second field; none in the rows around a block.
        let own: Range<Int>
        /// Where its first frequency lies in the spectrum.
        let place: Int
    }

    @inline(__always)
    private func forEachPart(of y: Int, _ body: (Part) -> Void) {
        for row in 0..<rows.blocks where rows.window(row).contains(y) {
            let isOwn = rows.own(row).contains(y)
            for column in 0..<across.blocks {
                for lane in 0..<lanes {
                    let block = row * across.blocks + column
                    body(
                        Part(
                            lane: lane, window: across.window(column),
                            own: isOwn ? across.own(column) : 0..<0,
                            place: (block * lanes + lane) * rows.longestWindow + y
                                - rows.window(row).lowerBound))
                }
            }
        }
    }

    /// A lane of a pixel's classes, zeros beyond the last.
    @inline(__always)
    private func load(_ row: Span<Double>, _ x: Int, _ lane: Int) -> ClassLane {
        let first = x * classes + lane * classLaneWidth
        guard (lane + 1) * classLaneWidth > classes else {
            return row.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: first * 8, as: ClassLane.self)
            }
        }
        var value = ClassLane.zero
        for k in 0..<classes - lane * classLaneWidth { value[k] = row[first + k] }
        return value
    }

    @inline(__always)
    private func store(
        _ value: ClassLane, into row: inout MutableSpan<Double>, _ x: Int, _ lane: Int
    ) {
        let first = x * classes + lane * classLaneWidth
        guard (lane + 1) * classLaneWidth > classes else {
            row.withUnsafeMutableBytes {
                $0.storeBytes(of: value, toByteOffset: first * 8, as: ClassLane.self)
            }
            return
        }
        for k in 0..<classes - lane * classLaneWidth { row[first + k] = value[k] }
    }
}
