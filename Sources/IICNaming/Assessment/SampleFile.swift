import Synchronization

/// The file of a sample while a person labels it.
final class SampleFile: Sendable {
    private let sample: Mutex<MapSample>

    init(_ sample: MapSample) { self.sample = Mutex(sample) }

    /// Writes what is new. After an error it is still new.
    ///
    /// - Parameter references: one a point.
    /// - Throws: as ``MapSample/save()``.
    func save(_ references: [String?]) throws {
        try sample.withLock { sample in
            for (place, reference) in references.enumerated()
            where sample.points[place].reference != reference {
                sample.answer(reference, at: place)
            }
            try sample.save()
        }
    }
}
