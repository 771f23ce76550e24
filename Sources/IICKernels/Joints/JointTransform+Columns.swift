extension JointTransform {
    /// Transforms one column of an image and separates its fields: 2 first and 2 second at each
    /// frequency.
    ///
    /// - Parameters:
    ///   - own, mirrored: the column's parts of the image's spectrum.
    ///   - operands: ``operandCount(images:)``, of which those of `image` are overwritten.
    public func gather(
        own: Span<ComplexLane>, mirrored: Span<ComplexLane>,
        into operands: inout MutableSpan<ComplexLane>, image: Int, images: Int,
        line: inout MutableSpan<ComplexLane>, mirror: inout MutableSpan<ComplexLane>
    ) {
        check(own.count == columnCount && mirrored.count == columnCount)
        check(operands.count >= operandCount(images: images) && image < images)
        check(line.count >= rows.points && mirror.count >= rows.points)
        let step = images * blocks * 2 * lanes
        for block in 0..<blocks {
            let count = rows.window(block / across.blocks).count
            for lane in 0..<lanes {
                let source = (block * lanes + lane) * rows.longestWindow
                for y in 0..<count { line[y] = own[source + y] }
                for y in count..<rows.points { line[y] = ComplexLane() }
                columnTransform.forward(&line)
                for y in 0..<count { mirror[y] = mirrored[source + y] }
                for y in count..<rows.points { mirror[y] = ComplexLane() }
                columnTransform.forward(&mirror)
                // z = a + i b with a and b of real fields: a(−f) = a(f)*, b(−f) = b(f)*.
                var target = (image * blocks + block) * 2 * lanes + lane
                for place in 0..<rows.points {
                    let (z, other) = (line[place], mirror[mirrors[place]])
                    operands[target] = ComplexLane(re: z.re + other.re, im: z.im - other.im)
                    operands[target + lanes] = ComplexLane(
                        re: z.im + other.im, im: other.re - z.re)
                    target += step
                }
            }
        }
    }

    /// Joins the fields of one column of an image and transforms it back.
    ///
    /// - Parameters:
    ///   - operands: as ``gather(own:mirrored:into:image:images:line:mirror:)`` lays them out.
    ///   - spectrum: the image's, of which the column's parts are overwritten.
    public func scatter(
        column: Int, _ operands: Span<ComplexLane>, image: Int, images: Int,
        into spectrum: Buffer<ComplexLane>, line: inout MutableSpan<ComplexLane>,
        mirror: inout MutableSpan<ComplexLane>
    ) {
        check(spectrum.count >= spectrumCount)
        check(operands.count >= operandCount(images: images) && image < images)
        check(line.count >= rows.points && mirror.count >= rows.points)
        let step = images * blocks * 2 * lanes
        let parts = parts(column: column)
        for block in 0..<blocks {
            let count = rows.window(block / across.blocks).count
            for lane in 0..<lanes {
                var source = (image * blocks + block) * 2 * lanes + lane
                for place in 0..<rows.points {
                    let (a, b) = (operands[source], operands[source + lanes])
                    line[place] = a + b.timesI
                    mirror[mirrors[place]] = a.conjugate + b.conjugate.timesI
                    source += step
                }
                let target = (block * lanes + lane) * rows.longestWindow
                columnTransform.inverse(&line)
                var own = spectrum.mutableSpan(parts.own)
                for y in 0..<count { own[target + y] = line[y] }
                guard parts.own != parts.mirrored else { continue }
                columnTransform.inverse(&mirror)
                var mirrored = spectrum.mutableSpan(parts.mirrored)
                for y in 0..<count { mirrored[target + y] = mirror[y] }
            }
        }
    }
}
