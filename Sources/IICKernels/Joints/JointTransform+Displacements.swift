extension JointTransform {
    /// Elements of the products of all columns.
    public var allProductsCount: Int { columns * productCount }

    private var pairsOfLanes: Int { lanes * classLaneWidth * lanes }

    /// Transforms the products of one column back, for the wanted rows of displacements.
    ///
    /// - Parameter products: the column's; afterwards `(row of displacements, i, lane of j)`.
    public func transformProductsBack(
        _ products: inout MutableSpan<ComplexLane>, line: inout MutableSpan<ComplexLane>
    ) {
        check(products.count == productCount && line.count >= rows.points)
        for pair in 0..<classes * lanes {
            for place in 0..<rows.points { line[place] = products[place * pairsOfLanes + pair] }
            columnTransform.inverse(&line)
            for dy in -displacementRadius...displacementRadius {
                products[(dy + displacementRadius) * pairsOfLanes + pair] =
                    line[dy & (rows.points - 1)]
            }
        }
    }

    /// One row of displacements of the joints.
    ///
    /// - Parameters:
    ///   - products: of all columns, after ``transformProductsBack(_:line:)``.
    ///   - row: dy + h.
    ///   - joints: `(2h + 1, K, K)`, overwritten.
    public func joints(
        _ products: Span<ComplexLane>, row: Int, into joints: inout MutableSpan<Double>,
        line: inout MutableSpan<ComplexLane>
    ) {
        check(products.count >= allProductsCount && line.count >= across.points)
        check(joints.count == displacements * classes * classes && row < displacements)
        // The operands were twice the fields; no transform divides.
        let scale = 1 / Double(4 * rows.points * across.points)
        forEachPair { i, lane, pair in
            for column in 0..<columns {
                let value = products[column * productCount + row * pairsOfLanes + pair]
                line[rowTransform.place(of: -column)] = value.conjugate
                line[rowTransform.place(of: column)] = value
            }
            rowTransform.inverse(&line)
            for dx in -displacementRadius...displacementRadius {
                let value = line[dx & (across.points - 1)].re * scale
                let target =
                    ((dx + displacementRadius) * classes + i) * classes + lane * classLaneWidth
                for k in 0..<min(classLaneWidth, classes - lane * classLaneWidth) {
                    joints[target + k] = value[k]
                }
            }
        }
    }

    /// Transforms one row of displacements of a gradient.
    ///
    /// - Parameters:
    ///   - dJoints: `(2h + 1, K, K)`, symmetric at each displacement, as the gradient of a
    ///     symmetrised joint is.
    ///   - row: dy + h.
    ///   - products: of all columns, of which those of `row` are overwritten.
    public func spectrum(
        of dJoints: Span<Double>, row: Int, into products: Buffer<ComplexLane>,
        line: inout MutableSpan<ComplexLane>
    ) {
        check(products.count >= allProductsCount && line.count >= across.points)
        check(dJoints.count == displacements * classes * classes && row < displacements)
        let scale = 1 / Double(2 * rows.points * across.points)
        forEachPair { i, lane, pair in
            for x in 0..<across.points { line[x] = ComplexLane() }
            for dx in -displacementRadius...displacementRadius {
                let matrix = (dx + displacementRadius) * classes * classes
                var value = ClassLane.zero
                for k in 0..<min(classLaneWidth, classes - lane * classLaneWidth) {
                    let j = lane * classLaneWidth + k
                    value[k] = dJoints[matrix + i * classes + j] * scale
                    let mirrored = dJoints[matrix + j * classes + i]
                    // Not “==”: a gradient that is not a number is the caller's to find.
                    check(
                        !(dJoints[matrix + i * classes + j] < mirrored)
                            && !(dJoints[matrix + i * classes + j] > mirrored), "not symmetric")
                }
                line[dx & (across.points - 1)].re = value
            }
            rowTransform.forward(&line)
            for column in 0..<columns {
                let place = column * productCount + row * pairsOfLanes + pair
                var target = products.mutableSpan(place..<place + 1)
                target[0] = line[rowTransform.place(of: column)]
            }
        }
    }

    /// Transforms the rows of displacements of one column: the reverse of
    /// ``transformProductsBack(_:line:)``.
    public func transformProducts(
        _ products: inout MutableSpan<ComplexLane>, line: inout MutableSpan<ComplexLane>
    ) {
        check(products.count == productCount && line.count >= rows.points)
        for pair in 0..<classes * lanes {
            for y in 0..<rows.points { line[y] = ComplexLane() }
            for dy in -displacementRadius...displacementRadius {
                line[dy & (rows.points - 1)] =
                    products[(dy + displacementRadius) * pairsOfLanes + pair]
            }
            columnTransform.forward(&line)
            for place in 0..<rows.points { products[place * pairsOfLanes + pair] = line[place] }
        }
    }

    /// Calls `body` for each class i and lane of classes j, and where they lie.
    @inline(__always)
    private func forEachPair(_ body: (_ i: Int, _ lane: Int, _ pair: Int) -> Void) {
        for i in 0..<classes {
            for lane in 0..<lanes { body(i, lane, i * lanes + lane) }
        }
    }
}
