/// Why a scene cannot be mapped with a model, though each of them can be read.
public enum SegmentError: UserError, Equatable {
    case sampleType(path: String, scene: SampleType, model: SampleType, canMatch: Bool)
    /// Scale and offset of a band's samples, from 1.
    case units(path: String, band: Int, scene: BandUnit, model: BandUnit)
    case clipped(path: String, ValueSample.Finding)
    /// A model of a version that did not keep its data's quantiles.
    case noQuantiles
    case outside(path: String, width: Int, height: Int)
    case tooManyClasses(head: Head, Int)
    case noRefinement(Refine)
    case refineNeedsSeamless(Refine)
    /// A model with named classes, and another read-out that is wanted of it.
    case named(Refine)
    case notNamed
    case changed(path: String)
    /// A minimum in square metres for polygons of a scene whose pixels' size is not known.
    case noAreas
    /// GDAL's sieve would take more memory than there is.
    case sieveMemory(fragments: Int, limit: Int, least: Int)
    /// A scene without a reference system or transform.
    case unknownPixelSize(path: String)
    /// A model whose training data had none.
    case noPixelSize
    case pixelSizes(path: String, PixelSizes)
    /// Of the processes of one job, one that has read another scene or model than rank 0.
    case otherRank(Int, count: Int)

    public var exitStatus: ExitStatus {
        switch self {
        case .sampleType, .units, .clipped, .noQuantiles, .noRefinement, .tooManyClasses, .noAreas,
            .sieveMemory, .unknownPixelSize, .noPixelSize, .pixelSizes, .otherRank:
            .badInput
        case .outside, .refineNeedsSeamless, .named, .notNamed: .usage
        case .changed: .tryAgain
        }
    }

    public var description: String {
        switch self {
        case .sampleType(let path, let scene, let model, let canMatch):
            """
            “\(path)” holds \(scene.rawValue) samples, but the model's scaling is that of \
            \(model.rawValue) data: give --scaling scene to scale by the scene's own values\
            \(canMatch ? ", or --scaling match to bring them to those of the training data" : "").
            """
        case .units(let path, let band, let scene, let model):
            """
            Band \(band) of “\(path)” has \(scene), the model's training data had \(model): give \
            --samples raw to take samples as they lie, or --scaling scene or match.
            """
        case .clipped(let path, let finding):
            """
            “\(path)” does not hold what the model was trained on: \(finding). Give --scaling scene \
            or match, another model, or --force to map it all the same.
            """
        case .noQuantiles:
            """
            The model does not hold how its training data were distributed, which --scaling match \
            needs: train it again, or give --scaling scene.
            """
        case .outside(let path, let width, let height):
            """
            The bounds lie outside of “\(path)”, which has \(width) × \(height) pixels: give \
            --bbox in pixels from its upper left corner.
            """
        case .tooManyClasses(let head, let classes):
            """
            The model's head \(head.rawValue) has \(classes) classes, and a map can hold 255: \
            train with fewer \(head == .A ? "overclusters" : "classes").
            """
        case .noRefinement(let refine):
            """
            The model has no refinement, which --refine \(refine.rawValue) needs: give \
            --refine network, or train it again with --refine.
            """
        case .refineNeedsSeamless(.named):
            "The model's classes are named ones, which need --geometry seamless."
        case .refineNeedsSeamless(let refine):
            """
            --refine \(refine.rawValue) reads pixels beside a tile, which --geometry paper does not \
            know: give --refine network or --geometry seamless.
            """
        case .named(let refine):
            """
            The model's classes are named ones, which --refine \(refine.rawValue) does not know: \
            leave it out, or give the model that was named.
            """
        case .notNamed:
            """
            The model's classes have no names yet, which --refine named needs: give a model that \
            iicd name has written.
            """
        case .unknownPixelSize(let path):
            """
            The pixel size of “\(path)” is not known, because it has no reference system or no \
            transform: --resample cannot read it at the model's. Give it both with gdal_translate \
            -a_srs -a_ullr, or leave --resample out.
            """
        case .noPixelSize:
            """
            The model does not know the pixel size of its training data, which had no reference \
            system: --resample cannot read scenes at it. Leave --resample out, or train again on \
            data that have one.
            """
        case .pixelSizes(let path, let sizes):
            """
            “\(path)” cannot be resampled: \(sizes), which are more than \(Int(PixelSizes.most)) \
            times apart. Give a model of more similar data.
            """
        case .otherRank(let rank, let count):
            """
            Rank \(rank) of \(count) reads another scene or model under these names, or has other \
            settings: put them where all machines see the same files.
            """
        case .changed(let path):
            "“\(path)” has changed while it was read; try again when it is whole."
        case .noAreas:
            """
            The scene does not say how large its pixels are, so that --min-area cannot be in square \
            metres: give it in pixels, such as 30px.
            """
        case .sieveMemory(let fragments, let limit, let least):
            """
            Sieving a map of \(fragments) patches and parts of patches does not fit in \
            \(limit >> 20) MiB: give --memory \((least + 1 << 20 - 1) >> 20)MiB or more, or \
            --majority, which leaves fewer.
            """
        }
    }
}
