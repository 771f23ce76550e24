extension Duration {
    /// For a sentence: “2 s”, “10 min” or “1.5 h”.
    var words: String {
        let seconds = self / .seconds(1)
        func text(_ value: Double) -> String {
            value == value.rounded() ? "\(Int(value))" : "\((value * 10).rounded() / 10)"
        }
        switch seconds {
        case ..<90: return "\(text(seconds)) s"
        case ..<5400: return "\(text((seconds / 60 * 10).rounded() / 10)) min"
        default: return "\(text((seconds / 3600 * 10).rounded() / 10)) h"
        }
    }
}
