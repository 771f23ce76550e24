import IICInfer

/// Draws pixels of each class of a map, every set of them as likely as any other, in one pass and in
/// memory for the sample alone.
///
/// Each pixel has a random number that its place and the seed make; of each class, the pixels with the
/// least numbers are drawn. So a map's blocks, and the order in which they are read, change nothing.
struct SampleDraw {
    /// A pixel with its number.
    private struct Ticket {
        var number: UInt64
        /// Row by row from the upper left one.
        var pixel: Int

        static func < (left: Ticket, right: Ticket) -> Bool {
            (left.number, left.pixel) < (right.number, right.pixel)
        }
    }

    /// The tickets of a stratum that may be drawn.
    private struct Drum {
        let count: Int
        private(set) var tickets: [Ticket] = []
        /// Greater numbers are not drawn.
        private(set) var limit = UInt64.max

        init(count: Int) {
            self.count = count
            if count == 0 { limit = 0 }
        }

        mutating func add(_ ticket: Ticket) {
            tickets.append(ticket)
            if tickets.count >= 2 * count + 64 { trim() }
        }

        mutating func trim() {
            tickets.sort(by: <)
            tickets.removeSubrange(min(count, tickets.count)...)
            if tickets.count == count { limit = tickets.last?.number ?? 0 }
        }
    }

    /// The pixels in random order, without their classes.
    ///
    /// - Parameter counts: points of each stratum.
    /// - Throws: ``Interrupted`` or what reading throws.
    static func pixels(
        of map: LabelReader, strata: MapStrata, counts: [Int], seed: UInt64,
        isCancelled: () -> Bool
    ) throws -> [(x: Int, y: Int)] {
        var index = ClassIndex()
        for stratum in strata.strata { _ = index.insert(stratum.value) }
        var drums = counts.map { Drum(count: $0) }
        let salt = SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        try map.eachWindow { window in
            if isCancelled() { throw Interrupted() }
            let labels = try map.read(window)
            for row in 0..<window.height {
                let first = (window.y + row) * map.width + window.x
                for column in 0..<window.width {
                    guard let place = index[labels[row * window.width + column]] else { continue }
                    let pixel = first + column
                    let number = SplitMix64.mix(salt ^ SplitMix64.mix(UInt64(pixel) &+ 1))
                    guard number <= drums[place].limit else { continue }
                    drums[place].add(Ticket(number: number, pixel: pixel))
                }
            }
        }
        var all: [Ticket] = []
        for place in drums.indices {
            drums[place].trim()
            all += drums[place].tickets
        }
        // Within a class the least numbers are drawn, so by them rare classes would come last.
        for place in all.indices { all[place].number = SplitMix64.mix(all[place].number ^ salt) }
        all.sort(by: <)
        return all.map { ($0.pixel % map.width, $0.pixel / map.width) }
    }
}
