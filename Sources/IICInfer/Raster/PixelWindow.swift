/// A rectangle of pixels; x to the right and y down from the scene's upper left pixel, from 0.
public struct PixelWindow: Hashable, Sendable {
    public var x: Int
    public var y: Int
    public var width: Int
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The number of pixels.
    public var count: Int { width * height }

    /// The part of this window that lies in a scene of `width` × `height` pixels.
    public func clipped(toWidth width: Int, height: Int) -> PixelWindow {
        intersection(PixelWindow(x: 0, y: 0, width: width, height: height))
    }
}

extension PixelWindow {
    /// What two rectangles have in common; empty if nothing.
    func intersection(_ other: PixelWindow) -> PixelWindow {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return PixelWindow(
            x: left, y: top, width: max(0, min(x + width, other.x + other.width) - left),
            height: max(0, min(y + height, other.y + other.height) - top))
    }
}
