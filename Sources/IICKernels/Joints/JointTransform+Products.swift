extension JointTransform {
    /// Adds first[i] · second[j]* at each frequency of one column.
    ///
    /// A sum is one chain of multiply-adds, image after image, block after block: its bits do not
    /// depend on how many images are given at a time.
    ///
    /// - Parameters:
    ///   - operands: of `images` images.
    ///   - products: ``productCount``, added to.
    public func addProducts(
        _ operands: Span<ComplexLane>, images: Int, into products: inout MutableSpan<ComplexLane>
    ) {
        check(operands.count >= operandCount(images: images) && products.count == productCount)
        let count = images * blocks
        operands.withUnsafeBufferPointer { operands in
            products.withUnsafeMutableBufferPointer { products in
                guard var source = operands.baseAddress, var target = products.baseAddress else {
                    return
                }
                for _ in 0..<rows.points {
                    var row = 0
                    while row < classes {
                        let first =
                            UnsafeRawPointer(source + row / classLaneWidth)
                            .assumingMemoryBound(to: Double.self) + row % classLaneWidth
                        for lane in 0..<lanes {
                            addOuterProducts(
                                first, source + lanes + lane, count: count, step: 2 * lanes,
                                into: target + row * lanes + lane, lanes: lanes)
                        }
                        row += OuterProduct.rows
                    }
                    source += count * 2 * lanes
                    target += classLaneWidth * lanes * lanes
                }
            }
        }
    }

    /// The gradients of the fields at each frequency of one column: dFirst[i] = Σ D[i, j] second[j]
    /// and dSecond[j] = Σ D[i, j]* first[i].
    ///
    /// D is symmetric, as ``spectrum(of:row:into:line:)`` requires; so both sums run over rows of it.
    ///
    /// - Parameters:
    ///   - products: D, as ``addProducts(_:images:into:)`` lays it out.
    ///   - operands: first and second of `images` images.
    ///   - result: dFirst and dSecond in the same layout, overwritten.
    public func multiplyBack(
        _ products: Span<ComplexLane>, _ operands: Span<ComplexLane>, images: Int,
        into result: inout MutableSpan<ComplexLane>
    ) {
        check(operands.count >= operandCount(images: images) && products.count == productCount)
        check(result.count >= operandCount(images: images))
        let count = images * blocks
        operands.withUnsafeBufferPointer { operands in
            products.withUnsafeBufferPointer { products in
                result.withUnsafeMutableBufferPointer { result in
                    guard var source = operands.baseAddress, var matrix = products.baseAddress,
                        var target = result.baseAddress
                    else { return }
                    for _ in 0..<rows.points {
                        var item = 0
                        while item < count {
                            let several = count - item >= FieldGradients.atOnce
                            for lane in 0..<lanes {
                                let (fields, gradients) = (
                                    source + item * 2 * lanes, target + item * 2 * lanes + lane
                                )
                                if several {
                                    multiplySeveral(matrix + lane, fields, into: gradients)
                                } else {
                                    multiplyOne(matrix + lane, fields, into: gradients)
                                }
                            }
                            item += several ? FieldGradients.atOnce : 1
                        }
                        source += count * 2 * lanes
                        matrix += classLaneWidth * lanes * lanes
                        target += count * 2 * lanes
                    }
                }
            }
        }
    }

    @inline(never)
    private func multiplySeveral(
        _ matrix: UnsafePointer<ComplexLane>, _ fields: UnsafePointer<ComplexLane>,
        into gradients: UnsafeMutablePointer<ComplexLane>
    ) {
        let step = 2 * lanes
        var (g0, g1, g2, g3) = (
            FieldGradients(), FieldGradients(), FieldGradients(), FieldGradients()
        )
        for row in 0..<classes {
            let value = matrix[row * lanes]
            let field = place(fields, row)
            g0.add(value, field, lanes)
            g1.add(value, field + step * 16, lanes)
            g2.add(value, field + 2 * step * 16, lanes)
            g3.add(value, field + 3 * step * 16, lanes)
        }
        g0.store(gradients, lanes)
        g1.store(gradients + step, lanes)
        g2.store(gradients + 2 * step, lanes)
        g3.store(gradients + 3 * step, lanes)
    }

    @inline(never)
    private func multiplyOne(
        _ matrix: UnsafePointer<ComplexLane>, _ fields: UnsafePointer<ComplexLane>,
        into gradients: UnsafeMutablePointer<ComplexLane>
    ) {
        var sum = FieldGradients()
        for row in 0..<classes { sum.add(matrix[row * lanes], place(fields, row), lanes) }
        sum.store(gradients, lanes)
    }

    /// The real part of one class; the imaginary part lies a lane further.
    @inline(__always)
    private func place(_ fields: UnsafePointer<ComplexLane>, _ row: Int) -> UnsafePointer<Double> {
        UnsafeRawPointer(fields + row / classLaneWidth).assumingMemoryBound(to: Double.self)
            + row % classLaneWidth
    }
}

/// The sums of one lane of dFirst and of dSecond.
private struct FieldGradients {
    #if WIDE_VECTORS
        /// Images or blocks whose sums fill 16 registers.
        static let atOnce = 4
    #else
        /// With fewer registers one at a time; no count is that large.
        static let atOnce = Int.max
    #endif

    var first = ComplexLane()
    var second = ComplexLane()

    /// - Parameter field: the real part of one class of the first field.
    @inline(__always)
    mutating func add(_ d: ComplexLane, _ field: UnsafePointer<Double>, _ lanes: Int) {
        let other = field + lanes * 16
        let (ar, ai) = (ClassLane(repeating: field[0]), ClassLane(repeating: field[8]))
        let (br, bi) = (ClassLane(repeating: other[0]), ClassLane(repeating: other[8]))
        first.re = first.re.adding(product: d.re, br).adding(product: -d.im, bi)
        first.im = first.im.adding(product: d.re, bi).adding(product: d.im, br)
        second.re = second.re.adding(product: d.re, ar).adding(product: d.im, ai)
        second.im = second.im.adding(product: d.re, ai).adding(product: -d.im, ar)
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<ComplexLane>, _ lanes: Int) {
        target[0] = first
        target[lanes] = second
    }
}

// As in LaneProduct, accumulators have names, since an array of them would be kept in memory.

/// Two rows of one lane of a sum of outer products.
private struct OuterProduct {
    #if WIDE_VECTORS
        /// Classes i at once: 16 registers of sums.
        static let rows = 8
    #else
        static let rows = 2
    #endif

    var r0: ComplexLane
    var r1: ComplexLane

    @inline(__always)
    init(_ source: UnsafePointer<ComplexLane>, _ lanes: Int) {
        r0 = source[0]
        r1 = source[lanes]
    }

    /// - Parameter a: the real part of the first of two classes i; a lane later the imaginary one.
    @inline(__always)
    mutating func add(_ a: UnsafePointer<Double>, _ b: ComplexLane) {
        let (re0, im0) = (ClassLane(repeating: a[0]), ClassLane(repeating: a[8]))
        r0.re = r0.re.adding(product: re0, b.re).adding(product: im0, b.im)
        r0.im = r0.im.adding(product: im0, b.re).adding(product: -re0, b.im)
        let (re1, im1) = (ClassLane(repeating: a[1]), ClassLane(repeating: a[9]))
        r1.re = r1.re.adding(product: re1, b.re).adding(product: im1, b.im)
        r1.im = r1.im.adding(product: im1, b.re).adding(product: -re1, b.im)
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<ComplexLane>, _ lanes: Int) {
        target[0] = r0
        target[lanes] = r1
    }
}

/// Adds a[i] b[j]* of `count` items, `step` lanes apart, to some rows of one lane.
@inline(never)
private func addOuterProducts(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<ComplexLane>, count: Int, step: Int,
    into target: UnsafeMutablePointer<ComplexLane>, lanes: Int
) {
    var sum = OuterProduct(target, lanes)
    #if WIDE_VECTORS
        var sum2 = OuterProduct(target + 2 * lanes, lanes)
        var sum4 = OuterProduct(target + 4 * lanes, lanes)
        var sum6 = OuterProduct(target + 6 * lanes, lanes)
    #endif
    for item in 0..<count {
        let (value, place) = (b[item * step], a + item * step * 16)
        sum.add(place, value)
        #if WIDE_VECTORS
            sum2.add(place + 2, value)
            sum4.add(place + 4, value)
            sum6.add(place + 6, value)
        #endif
    }
    sum.store(target, lanes)
    #if WIDE_VECTORS
        sum2.store(target + 2 * lanes, lanes)
        sum4.store(target + 4 * lanes, lanes)
        sum6.store(target + 6 * lanes, lanes)
    #endif
}
