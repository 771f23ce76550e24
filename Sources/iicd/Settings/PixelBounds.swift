import ArgumentParser
import IICInfer

/// A part of a scene that a user gives in pixels from the upper left corner: `x0,y0,x1,y1`, of
/// which the last column and row are no part.
struct PixelBounds: Sendable, Equatable {
    let window: PixelWindow

    init(argument: String) throws {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { UInt32($0) }
        let corners = numbers.compactMap { $0.map(Int.init) }
        guard numbers.count == 4, corners.count == 4, corners[2] > corners[0],
            corners[3] > corners[1]
        else {
            throw ValidationError(
                "four numbers such as 1000,0,2000,800 are needed, the last two greater than the "
                    + "first two")
        }
        window = PixelWindow(
            x: corners[0], y: corners[1], width: corners[2] - corners[0],
            height: corners[3] - corners[1])
    }
}
