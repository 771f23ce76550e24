import IICInfer
import IICKernels

/// Turns crops into a batch of views: colour jitter, random affine, flips and masks.
struct ViewMaker {
    let settings: TrainingSettings
    /// Where red, green and blue lie among the bands; nil if one of them is missing.
    let rgb: [Int]?

    init(settings: TrainingSettings, roles: [BandRole]) {
        self.settings = settings
        let places = [BandRole.red, .green, .blue].compactMap { roles.firstIndex(of: $0) }
        rgb = places.count == 3 ? places : nil
    }

    /// - Parameters:
    ///   - randoms: one generator an image, used up in a fixed order.
    ///   - shifts: how to move gx's outputs in x's frame, for heads that have their own draw.
    func batch(
        of patches: [Patch], randoms: inout [SplitMix64], shifts: [Head: PixelShift] = [:]
    ) -> TrainingBatch {
        let masks = patches.map(mask)
        var views: [TrainingBatch.View] = []
        switch settings.views {
        case .combined:
            views.append(view(patches, masks, &randoms, shifts, moves: true, jitters: true))
        case .separate:
            views.append(view(patches, masks, &randoms, shifts, moves: true, jitters: false))
            views.append(view(patches, masks, &randoms, shifts, moves: false, jitters: true))
        }
        return TrainingBatch(images: patches.map { Buffer($0.values) }, views: views)
    }

    private func view(
        _ patches: [Patch], _ masks: [[UInt8]], _ randoms: inout [SplitMix64],
        _ shifts: [Head: PixelShift], moves: Bool, jitters: Bool
    ) -> TrainingBatch.View {
        var view = TrainingBatch.View(images: [], affines: [], masks: [])
        for (index, patch) in patches.enumerated() {
            var second = patch
            if jitters && !settings.jitter.isNone {
                let jitter = ColourJitter(settings.jitter, random: &randoms[index])
                if let rgb { jitter.apply(to: &second, rgb: rgb) }
            }
            var affine = Affine.identity
            if moves, let range = settings.affine {
                let drawn = Affine(range, random: &randoms[index])
                second = second.warped(by: drawn)
                affine = drawn.inverse
            }
            if moves && randoms[index].unit() < settings.flip {
                second = second.flipped()
                affine = affine.flipped
            }
            view.images.append(Buffer(second.values))
            let secondMask = mask(of: second)
            func pair(_ shift: PixelShift) -> Buffer<Double> {
                guard settings.lossMask != .none else {
                    return Buffer(repeating: 1, count: secondMask.count)
                }
                return Buffer(
                    DependenceMask.pair(
                        first: masks[index], second: secondMask, affine: affine, shift: shift,
                        size: patch.size))
            }
            view.affines.append(affine)
            view.masks.append(pair(.none))
            for head in Head.allCases {
                guard let shift = shifts[head] else { continue }
                view.moved[head, default: TrainingBatch.Frame()].affines.append(
                    affine.moved(by: shift, size: patch.size))
                view.moved[head, default: TrainingBatch.Frame()].masks.append(pair(shift))
            }
        }
        return view
    }

    private func mask(of patch: Patch) -> [UInt8] {
        DependenceMask.mask(
            valid: patch.valid, size: patch.size, border: settings.lossMask == .border)
    }
}
