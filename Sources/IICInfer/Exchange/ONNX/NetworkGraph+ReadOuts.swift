import IICKernels

/// Read-outs as parts of a graph; all of them compute with 32-bit floats.
extension NetworkGraph {
    /// Adds a mixture's classes, with the network's share in them (``MixtureReadOut``).
    ///
    /// - Parameter network: head B's probabilities.
    /// - Returns: probabilities, `N × K × H × W`.
    /// - Precondition: the mixture has no ``Mixture/problem``.
    mutating func add(_ mixture: Mixture, network: String, name: String) -> String {
        let scores = mixture.linearForm
        let (k, d) = (mixture.classes, mixture.dimensions)
        let neighbours = graph.mean(pixels, reach: 1, name: "\(name).means")
        let described = graph.join([pixels, neighbours], name: "\(name).described")
        // √½ Lᵀ (x − μ), D numbers a class; the sum of their squares is the score's.
        let offsets = graph.convolve(
            described,
            weights: ONNXTensor(
                scores.factors, shape: [k * d, d, 1, 1], name: "\(name).factors"),
            bias: ONNXTensor(scores.offsets, shape: [k * d], name: "\(name).offsets"),
            name: "\(name).distances")
        let squares = graph.add("Mul", [offsets, offsets], name: "\(name).squares")
        let own = graph.convolve(
            squares,
            weights: ONNXTensor(
                [Float](repeating: -1, count: k * d), shape: [k, d, 1, 1], name: "\(name).minus"
            ),
            bias: ONNXTensor(scores.constants, shape: [k], name: "\(name).constants"),
            groups: k, name: "\(name).densities")
        let said = graph.convolve(
            network,
            weights: ONNXTensor(
                mixture.logConfusion.map { Float(mixture.weight * $0) }, shape: [k, k, 1, 1],
                name: "\(name).confusion"), name: "\(name).network")
        let sum = graph.add("Add", [own, said], name: "\(name).scores")
        return graph.softmax(sum, name: name)
    }

    /// Adds named classes (``NamedReadOut``).
    ///
    /// - Returns: probabilities, `N × K × H × W`.
    mutating func add(_ named: NamedClasses, name: String) -> String {
        let trunk = add(named.projection, name: "\(name).trunk")
        let reach = PixelSurroundings.reach
        let near = graph.mean(pixels, reach: 1, name: "\(name).near")
        let around = graph.mean(pixels, reach: reach, name: "\(name).around")
        let squares = graph.add("Mul", [pixels, pixels], name: "\(name).squares")
        let meanSquare = graph.mean(squares, reach: reach, name: "\(name).mean_squares")
        let squareMean = graph.add("Mul", [around, around], name: "\(name).squared_means")
        let difference = graph.add("Sub", [meanSquare, squareMean], name: "\(name).difference")
        // Rounding may have left it below 0.
        let variance = graph.add("Relu", [difference], name: "\(name).variance")
        let deviation = graph.add("Sqrt", [variance], name: "\(name).deviation")
        let described = graph.join(
            [pixels, near, around, deviation], name: "\(name).described")
        let own = graph.convolve(
            described,
            weights: ONNXTensor(
                named.pixels, shape: [named.classes, named.pixels.count / named.classes, 1, 1],
                name: "\(name).pixels"),
            bias: ONNXTensor(named.offsets, shape: [named.classes], name: "\(name).offsets"),
            name: "\(name).own")
        let sum = graph.add("Add", [trunk, own], name: "\(name).scores")
        return graph.softmax(sum, name: name)
    }

    /// Adds the classes of other probabilities, some of them together (``MergedReadOut``).
    ///
    /// - Returns: probabilities, `N × K × H × W`.
    mutating func addMerged(_ targets: [Int], of base: String, name: String) -> String {
        let classes = (0...(targets.max() ?? 0)).map { target in
            let members = targets.indices.filter { targets[$0] == target }
            let part = "\(name).\(target)"
            let chosen = graph.add(
                "Gather",
                [base, graph.add(ONNXTensor(members, name: "\(part).places"))],
                ["axis": .integer(1)], name: "\(part).members")
            return graph.add(
                "ReduceMax", [chosen], ["axes": .integers([1]), "keepdims": .integer(1)],
                name: part)
        }
        let all = graph.join(classes, name: "\(name).greatest")
        let axis = graph.add(ONNXTensor([1], name: "\(name).axis"))
        let sum = graph.add(
            "ReduceSum", [all, axis], ["keepdims": .integer(1)], name: "\(name).sum")
        return graph.add("Div", [all, sum], name: name)
    }
}

extension Mixture {
    /// The numbers of ``MixtureScores``: ln (share · density) of class k is its constant less the sum
    /// of the squares of `factors` x + `offsets`, D numbers for each class.
    ///
    /// `factors` are `(K, D, D)`: √½ Lᵀ.
    fileprivate var linearForm: (factors: [Float], offsets: [Float], constants: [Float]) {
        guard let lower = self.factors else {
            preconditionFailure("a precision that is not positive definite")
        }
        let (d, half) = (dimensions, 0.5.squareRoot())
        var (factors, offsets): ([Float], [Float]) = ([], [])
        for k in 0..<classes {
            for i in 0..<d {
                let row = (0..<d).map { half * lower[(k * d + $0) * d + i] }
                factors += row.map { Float($0) }
                offsets.append(Float(-(0..<d).reduce(0) { $0 + row[$1] * means[k * d + $1] }))
            }
        }
        return (factors, offsets, constants(factors: lower).map { Float($0) })
    }
}
