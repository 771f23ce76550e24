/// What a long call of GDAL asks whether to go on; it lives as long as the call.
final class GDALWatch {
    private let goOn: (_ share: Double) -> Bool
    private(set) var stopped = false

    /// - Parameter goOn: told the share that is done, 0…1; false to stop.
    init(goOn: @escaping (_ share: Double) -> Bool) { self.goOn = goOn }

    /// 0 makes GDAL stop.
    func tell(_ share: Double) -> Int32 {
        if !stopped && !goOn(share) { stopped = true }
        return stopped ? 0 : 1
    }
}
