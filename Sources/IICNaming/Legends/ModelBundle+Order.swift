package import IICInfer

extension ModelBundle {
    /// The same model with its classes in another order: head B, refinement and legend. Its map is
    /// that of this one with other numbers, but for pixels of which two classes are equally probable
    /// to the last bits, since sums over classes run in another order.
    ///
    /// - Parameter order: for each class, the class of this model that it is.
    /// - Precondition: it has each class once, and the model is no checkpoint, whose optimiser knows
    ///   the classes by their places.
    package func reordered(_ order: [Int]) -> ModelBundle {
        let classes = mapClasses
        precondition(order.sorted() == Array(0..<classes), "\(order)")
        precondition(checkpoint == nil && extras.isEmpty, "a checkpoint")
        var model = self
        model.legend.entries = order.map { legend.entries[$0] }
        if let naming {
            // The network's own classes lie behind the named ones, and stay.
            model.naming = naming.reordered(order)
            return model
        }
        // The map's is the first sub-head; others have orders of their own.
        let head = weights[.head(.B, 0)]
        model.weights[.head(.B, 0)] = head.indices.map { index in
            head[index / classes * classes + order[index % classes]]
        }
        model.refinement = refinement?.reordered(order)
        return model
    }
}

extension Naming {
    fileprivate func reordered(_ order: [Int]) -> Naming {
        var naming = self
        switch classes {
        case .merged(let targets):
            naming.classes = .merged(targets.map { order.firstIndex(of: $0) ?? $0 })
        case .learnt(let named):
            func rows(_ values: [Float]) -> [Float] {
                let size = values.count / named.classes
                return order.flatMap { values[$0 * size..<($0 + 1) * size] }
            }
            naming.classes = .learnt(
                NamedClasses(
                    trunk: rows(named.trunk), pixels: rows(named.pixels),
                    offsets: rows(named.offsets)))
        }
        return naming
    }
}

extension Mixture {
    fileprivate func reordered(_ order: [Int]) -> Mixture {
        func blocks(_ values: [Double]) -> [Double] {
            let size = values.count / classes
            return order.flatMap { values[$0 * size..<($0 + 1) * size] }
        }
        return Mixture(
            means: blocks(means), precisions: blocks(precisions), logShares: blocks(logShares),
            logConfusion: order.flatMap { k in order.map { logConfusion[k * classes + $0] } },
            weight: weight)
    }
}
