internal import CGDAL

/// GDAL's copy of a finished dataset as a Cloud-Optimised GeoTIFF.
enum CloudOptimisedCopy {
    /// Writes `dataset` to the file `name`.
    ///
    /// - Parameters:
    ///   - options: those of the COG driver, `NAME=VALUE`.
    ///   - goOn: told the share that is done; false to stop.
    /// - Throws: ``GDALError`` or ``Interrupted``.
    static func write(
        _ dataset: GDALDatasetH?, to name: String, options: [String],
        goOn: (_ share: Double) -> Bool
    ) throws {
        guard let driver = unsafe GDALGetDriverByName("COG") else {
            throw GDALError(description: "this GDAL has no COG driver")
        }
        CPLErrorReset()
        var stopped = false
        let copy = withoutActuallyEscaping(goOn) { goOn in
            let watch = GDALWatch(goOn: goOn)
            let copy = unsafe withStringList(options) { options in
                unsafe name.withCPath { name in
                    unsafe GDALCreateCopy(
                        driver, name, dataset, 0, options,
                        { share, _, watch in
                            guard let watch = unsafe watch else { return 1 }
                            return unsafe Unmanaged<GDALWatch>.fromOpaque(watch)
                                .takeUnretainedValue().tell(share)
                        }, Unmanaged.passUnretained(watch).toOpaque())
                }
            }
            stopped = watch.stopped
            return unsafe copy
        }
        guard let copy = unsafe copy else {
            if stopped { throw Interrupted() }
            throw GDALError.last()
        }
        // Some failed writes leave a file and an error.
        let failed = CPLGetLastErrorType() == CE_Failure
        let reason = GDALError.last()
        try unsafe GDALDataset(owning: copy).close()
        if stopped { throw Interrupted() }
        if failed { throw reason }
    }
}
