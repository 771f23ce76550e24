extension Architecture {
    /// What makes these numbers impossible, as the end of a sentence; nil if nothing does.
    ///
    /// The limits keep every size that follows from them far from overflow. A map holds `uint8`, of
    /// which 255 means “no data”: all classes fit, of the overclusters only the first 255 would.
    public var problem: String? {
        if !(1...64).contains(channels) { return "\(channels) bands; 1 to 64 are possible" }
        if !(width > 0 && width <= 4) || 64 * width < 1 {
            return "the width \(width); it must be at least 1/64 and at most 4"
        }
        if !(2...254).contains(classes) { return "\(classes) classes; 2 to 254 are possible" }
        if !(2...1024).contains(overclusters) {
            return "\(overclusters) overclusters; 2 to 1024 are possible"
        }
        for subheads in [subheadsA, subheadsB] where !(1...16).contains(subheads) {
            return "\(subheads) sub-heads; 1 to 16 are possible"
        }
        return nil
    }

    /// How many weights there are, running statistics left out.
    public var parameters: Int {
        ParameterLayout(self, sections: ParameterLayout.Section.learned).count
    }
}
