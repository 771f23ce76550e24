import Foundation
import Testing

@testable import IICDaemon

struct DaemonSampleTests {
    @Test func longHistoriesAreThinned() {
        let samples = (0..<1000).map {
            DaemonSample(
                time: Date(timeIntervalSince1970: Double($0)), pixelsPerSecond: 2, memory: $0,
                running: 1)
        }
        let thinned = DaemonSample.thinned(samples)
        #expect(thinned.count == 180)
        #expect(thinned.last?.time == samples.last?.time && thinned.last?.memory == 999)
        #expect(thinned.allSatisfy { $0.pixelsPerSecond == 2 })
        #expect(DaemonSample.thinned(Array(samples.prefix(180))) == Array(samples.prefix(180)))
    }
}
