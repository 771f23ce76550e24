import ArgumentParser
import IICInfer

/// A part of a scene that a user gives in pixels from the upper left corner: `x0,y0,x1,y1`, of
/// which the last column and row are no part.
struct PixelBounds: ExpressibleByArgument, Sendable, Equatable {
    let window: PixelWindow

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { UInt32($0) }
        guard numbers.count == 4, !numbers.contains(nil) else { return nil }
        let corners = numbers.compactMap { $0.map(Int.init) }
        guard corners[2] > corners[0], corners[3] > corners[1] else { return nil }
        window = PixelWindow(
            x: corners[0], y: corners[1], width: corners[2] - corners[0],
            height: corners[3] - corners[1])
    }
}
