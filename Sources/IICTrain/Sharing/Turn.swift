import IICInfer
import IICKernels

/// What the ranks tell each other before a step: whether each one has its data, and what the batch's
/// masks leave.
struct Turn {
    enum Answer: Int {
        case go, stop, interrupted
    }

    /// Around what the masks leave, view after view, head after head.
    private(set) var windows: [MaskWindow]
    private(set) var answer = Answer.go
    /// The rank that could not read its part; negative if all could.
    private(set) var failed = -1
    /// Of each rank, the seconds that it has waited for others, and those of all its steps; on rank 0
    /// alone.
    private(set) var waits: [(waited: Double, all: Double)] = []

    /// Asks all ranks; every rank calls it.
    ///
    /// - Parameters:
    ///   - windows: of this rank's masks.
    ///   - hasFailed: whether it could not read its data.
    ///   - answer: what it wants; what rank 0 wants is done, unless another one wants to stop.
    init(
        _ ranks: any Ranks, windows: [MaskWindow], hasFailed: Bool, answer: Answer,
        waited: Double, all: Double
    ) {
        self.windows = windows
        let own =
            [hasFailed ? 1 : 0, answer.rawValue, Int(1e6 * waited), Int(1e6 * all)]
            + windows.flatMap(\.numbers)
        let told = ranks.gather(own)
        var verdict = [answer.rawValue, -1] + windows.flatMap(\.numbers)
        if ranks.rank == 0 {
            waits = told.map { (1e-6 * Double($0[2]), 1e-6 * Double($0[3])) }
            verdict[1] = told.firstIndex { $0[0] != 0 } ?? -1
            if answer == .go, told.contains(where: { $0[1] != Answer.go.rawValue }) {
                verdict[0] = Answer.interrupted.rawValue
            }
            for numbers in told.dropFirst() {
                for index in windows.indices {
                    var other = windows[index]
                    other.numbers = Array(numbers[(4 + 4 * index)..<(8 + 4 * index)])
                    self.windows[index].formUnion(other)
                }
            }
            verdict.replaceSubrange(2..., with: self.windows.flatMap(\.numbers))
        }
        if ranks.count > 1 { verdict = ranks.broadcast(verdict) }
        self.answer = Answer(rawValue: verdict[0]) ?? .stop
        failed = verdict[1]
        for index in windows.indices {
            self.windows[index].numbers = Array(verdict[(2 + 4 * index)..<(6 + 4 * index)])
        }
    }
}

extension TrainingBatch {
    /// Around what the masks leave, view after view, head after head.
    func windows(size: Int) -> [MaskWindow] {
        views.flatMap { view in
            Head.allCases.map { head in
                MaskWindow(of: view.seen(by: head).masks, height: size, width: size)
            }
        }
    }

    /// Sets what the masks of the whole batch leave.
    mutating func setWindows(_ windows: [MaskWindow]) {
        for (view, index) in zip(views.indices, stride(from: 0, to: windows.count, by: 2)) {
            for (number, head) in Head.allCases.enumerated() {
                if views[view].moved[head] != nil {
                    views[view].moved[head]?.window = windows[index + number]
                } else {
                    views[view].window = windows[index + number]
                }
            }
        }
    }
}
