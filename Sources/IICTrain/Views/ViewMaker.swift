import IICInfer
import IICKernels

/// Turns crops into a batch of views: flips, colour jitter and masks.
struct ViewMaker {
    let settings: TrainingSettings
    /// Where red, green and blue lie among the bands; nil if one of them is missing.
    let rgb: [Int]?

    init(settings: TrainingSettings, roles: [BandRole]) {
        self.settings = settings
        let places = [BandRole.red, .green, .blue].compactMap { roles.firstIndex(of: $0) }
        rgb = places.count == 3 ? places : nil
    }

    /// - Parameter randoms: one generator an image, used up in a fixed order.
    func batch(of patches: [Patch], randoms: inout [SplitMix64]) -> TrainingBatch {
        let masks = patches.map {
            DependenceMask.mask(valid: $0.valid, size: $0.size, geometry: settings.geometry)
        }
        var views: [TrainingBatch.View] = []
        switch settings.views {
        case .combined:
            views.append(view(patches, masks, &randoms, flips: true, jitters: true))
        case .separate:
            views.append(view(patches, masks, &randoms, flips: true, jitters: false))
            views.append(view(patches, masks, &randoms, flips: false, jitters: true))
        }
        return TrainingBatch(images: patches.map { Buffer($0.values) }, views: views)
    }

    private func view(
        _ patches: [Patch], _ masks: [[UInt8]], _ randoms: inout [SplitMix64], flips: Bool,
        jitters: Bool
    ) -> TrainingBatch.View {
        var view = TrainingBatch.View(images: [], affines: [], masks: [])
        for (index, patch) in patches.enumerated() {
            var second = patch
            if jitters && settings.jitter > 0 {
                let jitter = ColourJitter(amount: settings.jitter, random: &randoms[index])
                if let rgb { jitter.apply(to: &second, rgb: rgb) }
            }
            let isFlipped = flips && randoms[index].unit() < settings.flip
            if isFlipped { second = second.flipped() }
            let affine = isFlipped ? Affine.flip : .identity
            let mask = DependenceMask.mask(
                valid: second.valid, size: patch.size, geometry: settings.geometry)
            view.images.append(Buffer(second.values))
            view.affines.append(affine)
            view.masks.append(
                Buffer(
                    DependenceMask.pair(
                        first: masks[index], second: mask, affine: affine, size: patch.size)))
        }
        return view
    }
}
