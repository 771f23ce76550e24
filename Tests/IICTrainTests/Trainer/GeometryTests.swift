import IICInfer
import IICKernels
import Testing

@testable import IICTrain

/// Whether a view's outputs come back to where they belong.
@Suite struct GeometryTests {
    private static let size = 48

    /// A slope in both directions, which bilinear sampling keeps as it is.
    private static func slope(_ x: Int, _ y: Int) -> Float { 0.1 + Float(x) / 100 + Float(y) / 180 }

    private static func patch(valid: (Int, Int) -> Bool = { _, _ in true }) -> Patch {
        var values: [Float] = []
        var flags: [UInt8] = []
        for y in 0..<size {
            for x in 0..<size {
                values.append(valid(x, y) ? slope(x, y) : 0)
                flags.append(valid(x, y) ? 1 : 0)
            }
        }
        return Patch(size: size, values: values, valid: flags, isByte: false)
    }

    private static func settings() -> TrainingSettings {
        var settings = Preset.quick.settings
        settings.crop = size
        settings.jitter = JitterAmounts(0)
        settings.geometry = .paper
        return settings
    }

    @Test func `a quarter turn takes each pixel from where the authors' matrix says`() {
        let size = Self.size
        let turned = Self.patch().warped(by: Affine(rotation: 90, shear: 0, scale: 1))
        for y in 0..<size {
            for x in 0..<size {
                let value = turned.values[y * size + x]
                #expect(abs(value - Self.slope(size - 1 - y, x)) < 1e-5, "\(x) \(y)")
            }
        }
    }

    /// numpy: `np.linalg.inv` of the authors' matrix for 30°, a shear of 10° and a scale of 1.2.
    @Test func `the way back is the authors' inverse`() {
        let back = Affine(rotation: 30, shear: 10, scale: 1.2).inverse
        for (value, expected) in [
            (back.xx, 0.6482182611918385), (back.xy, 0.5439197038884495), (back.xt, 0),
            (back.yx, -0.42309442161906036), (back.yy, 0.7328210346431808), (back.yt, 0),
        ] { #expect(abs(value - expected) < 1e-12) }
    }

    @Test func `the inverse of a map with a shift leads back`() {
        let affine = Affine(rotation: 30, shear: 10, scale: 1.2)
        let moved = affine.moved(by: PixelShift(x: 5, y: -3), size: 48)
        let back = moved.inverse
        let (u, v) = (0.3, -0.2)
        let there = (
            moved.xx * u + moved.xy * v + moved.xt, moved.yx * u + moved.yy * v + moved.yt
        )
        #expect(abs(back.xx * there.0 + back.xy * there.1 + back.xt - u) < 1e-12)
        #expect(abs(back.yx * there.0 + back.yy * there.1 + back.yt - v) < 1e-12)
    }

    /// The loss multiplies outputs; here the image itself stands for them.
    @Test(arguments: [
        (0.0, false), (0, true), (25, false), (-25, true), (170, true),
    ])
    func `what counts of a view comes back to its place, moved as drawn`(
        _ rotation: Double, _ flips: Bool
    ) {
        var settings = Self.settings()
        settings.flip = flips ? 1 : 0
        if rotation != 0 {
            settings.affine = RandomAffine(
                rotation: NumberRange(rotation, rotation), shear: NumberRange(-8, -8),
                scale: NumberRange(0.9, 0.9))
        }
        let size = Self.size
        let shifts = [Head.A: PixelShift(x: 3, y: -5), .B: PixelShift(x: -7, y: 2)]
        var randoms = [SplitMix64(seed: 1)]
        let batch = ViewMaker(settings: settings, roles: trainingRoles)
            .batch(of: [Self.patch()], randoms: &randoms, shifts: shifts)
        func check(_ view: TrainingBatch.View, _ shift: PixelShift) -> Int {
            let (image, mask) = (view.images[0], view.masks[0].array)
            var back = [Float](repeating: 0, count: size * size)
            var span = back.mutableSpan
            warp(
                image.span(), into: &span, affine: view.affines[0], height: size,
                width: size, channels: 1)
            var counting = 0
            for y in 0..<size {
                for x in 0..<size where mask[y * size + x] != 0 {
                    counting += 1
                    let expected = Self.slope(x + shift.x, y + shift.y)
                    #expect(abs(back[y * size + x] - expected) < 1e-4, "\(x) \(y) \(shift)")
                }
            }
            return counting
        }
        let view = batch.views[0]
        let all = check(view, .none)
        #expect(rotation == 0 ? all == size * size : all > 40)
        for (head, shift) in shifts { #expect(check(view.seen(by: head), shift) > 40) }
        if rotation == 0 {
            // Of 48 rows and columns those remain whose counterpart lies in the frame.
            #expect(check(view.seen(by: .A), PixelShift(x: 3, y: -5)) == 45 * 43)
        }
    }

    @Test func `a pixel that a warp mixes with an invalid one is invalid`() {
        let size = Self.size
        let patch = Self.patch { x, y in x != 20 || y != 30 }
        let warped = patch.warped(by: Affine(rotation: 10, shear: 0, scale: 1))
        for index in warped.valid.indices {
            // An invalid pixel mixed in, or the outside, would pull the value off the slope.
            if warped.valid[index] == 0 { #expect(warped.values[index] == 0) }
        }
        let invalid = warped.valid.count { $0 == 0 }
        let whole = Self.patch().warped(by: Affine(rotation: 10, shear: 0, scale: 1))
        let outside = whole.valid.count { $0 == 0 }
        #expect((1...9).contains(invalid - outside))
        #expect(outside > size)
    }

    @Test func `a resized crop keeps a slope, whole 8-bit numbers and its invalid pixels`() {
        let patch = Self.patch { x, y in x > 4 || y > 4 }
        let half = patch.resized(to: 24)
        for y in 4..<24 {
            for x in 4..<24 {
                // The middle of each 2 × 2 cell.
                let expected = 0.1 + (Float(2 * x) + 0.5) / 100 + (Float(2 * y) + 0.5) / 180
                #expect(abs(half.values[y * 24 + x] - expected) < 1e-5)
            }
        }
        #expect(half.valid.count { $0 == 0 } == 9)
        let bytes = Patch(
            size: 2, values: [10.0 / 255, 20.0 / 255, 30.0 / 255, 40.0 / 255],
            valid: [1, 1, 1, 1], isByte: true
        ).resized(to: 3)
        #expect(bytes.values.map { $0 * 255 } == [10, 15, 20, 20, 25, 30, 30, 35, 40])
    }

    @Test func `what a mask leaves out is what its rule says`() {
        let patch = Self.patch { x, y in x != 24 || y != 24 }
        func counting(_ mask: LossMask?, _ geometry: Geometry) -> Int {
            var settings = Self.settings()
            settings.geometry = geometry
            settings.mask = mask
            settings.flip = 0
            var randoms = [SplitMix64(seed: 1)]
            let batch = ViewMaker(settings: settings, roles: trainingRoles)
                .batch(of: [patch], randoms: &randoms)
            return Int(batch.views[0].masks[0].array.reduce(0, +))
        }
        #expect(counting(LossMask.none, .seamless) == 48 * 48)
        // An invalid pixel is seen from 31 or 33 places along each axis, by turns.
        #expect(counting(.valid, .seamless) == 48 * 48 - 32 * 32)
        #expect(counting(.border, .seamless) == 0)
        #expect(counting(nil, .paper) == counting(.valid, .paper))
        #expect(counting(nil, .seamless) == counting(.border, .seamless))
    }
}
