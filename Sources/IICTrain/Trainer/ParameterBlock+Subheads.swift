import IICInfer

extension ParameterBlock {
    /// The same network with one sub-head a head.
    ///
    /// - Parameter kept: which one of a head, from 0.
    func keepingSubheads(_ kept: (Head) -> Int) -> ParameterBlock {
        copied(to: architecture.withSingleSubheads) { tensor in
            if case .head(let head, _) = tensor { .head(head, kept(head)) } else { tensor }
        }
    }

    /// The same network with head A's clusters as the classes of both heads.
    func overclustersAsClasses() -> ParameterBlock {
        var both = architecture
        both.classes = architecture.overclusters
        both.subheadsB = architecture.subheadsA
        return copied(to: both) { tensor in
            if case .head(_, let subhead) = tensor { .head(.A, subhead) } else { tensor }
        }
    }
}

extension Architecture {
    var withSingleSubheads: Architecture {
        var single = self
        single.subheadsA = 1
        single.subheadsB = 1
        return single
    }
}
