import Foundation
import IICInfer

extension DaemonDescription {
    var json: JSONValue {
        [
            "folder": .string(folder.shown), "maps": .string(maps.shown),
            "model": .string(model.shown), "modelHash": .string(modelHash),
            "gallery": .bool(ModelGallery(ofModel: model).isThere),
            "classes": .array(
                classes.map {
                    ["name": .string($0.name.shown), "colour": .string($0.colour.shown)]
                }),
            "workers": .integer(workers), "version": .string(version),
            "started": started.json,
        ]
    }
}

extension WorkerProgress {
    var json: JSONValue {
        [
            "stage": .string(stage.shown), "done": .number(done), "total": .number(total),
            "unit": .string(unit.shown), "rate": rate.map(JSONValue.number) ?? .null,
            "secondsLeft": secondsLeft.map(JSONValue.number) ?? .null,
        ]
    }
}

extension DaemonSample {
    var json: JSONValue {
        [
            "time": time.json, "pixelsPerSecond": .number(pixelsPerSecond),
            "memory": .integer(memory), "running": .integer(running),
        ]
    }

    /// More points than a small chart has pixels for are no use.
    private static let most = 180

    /// At most so many samples that stand for all of them: the mean rate and the most memory of
    /// neighbours.
    static func thinned(_ samples: [DaemonSample]) -> [DaemonSample] {
        guard samples.count > most else { return samples }
        return (0..<most).map { index in
            let part = samples[
                index * samples.count / most..<(index + 1) * samples.count / most]
            var sample = samples[(index + 1) * samples.count / most - 1]
            sample.pixelsPerSecond =
                part.reduce(0) { $0 + $1.pixelsPerSecond } / Double(part.count)
            sample.memory = part.map(\.memory).max() ?? 0
            sample.running = part.map(\.running).max() ?? 0
            return sample
        }
    }
}

extension Date {
    fileprivate var json: JSONValue {
        .string(formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
