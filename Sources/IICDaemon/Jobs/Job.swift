package import Foundation
package import IICInfer

/// One scene with one model and one set of settings: a row of the ledger.
package struct Job: Sendable, Hashable {
    /// From 1; a scene keeps its number when it changes.
    package var id: Int
    /// The path below the watched folder.
    package var scene: FileName
    package var state: JobState
    /// What tells this version of the scene's files from others: ``SceneStamp/digest``.
    package var identity: String
    /// Of all files of the scene.
    package var bytes: Int
    /// SHA-256 of the scene's content as the daemon reads it (``ContentHash``); nil until it was read.
    package var contentHash: String?
    package var modelHash: String
    package var settingsHash: String
    /// Workers that were started for this version of the scene.
    package var attempts = 0
    /// Those of them that died by a signal that the daemon did not send.
    package var crashes = 0
    package var seen: Date
    /// When the last attempt began, and when it ended.
    package var begun: Date?
    package var ended: Date?
    /// When it is tried again, if it waits for that.
    package var nextAttempt: Date?
    /// Why it has no map, or had none at the last attempt.
    package var failure: JobFailure?
    package var result: JobResult?

    package init(
        id: Int = 0, scene: FileName, state: JobState, identity: String, bytes: Int,
        modelHash: String, settingsHash: String, seen: Date
    ) {
        self.id = id
        self.scene = scene
        self.state = state
        self.identity = identity
        self.bytes = bytes
        self.modelHash = modelHash
        self.settingsHash = settingsHash
        self.seen = seen
    }
}

/// Why an attempt has made no map.
package struct JobFailure: Sendable, Hashable {
    /// The worker's exit code (``ExitStatus``), or 128 and the number of the signal that ended it.
    package var code: Int32
    /// What was going on, in a word: “admission”, “opening”, “segmenting”, …
    package var stage: String
    /// What failed, which file or value, what to do.
    package var sentence: String

    package init(code: Int32, stage: String, sentence: String) {
        self.code = code
        self.stage = stage
        self.sentence = sentence
    }
}

/// What a worker has made of a scene.
package struct JobResult: Sendable, Hashable {
    /// One file that is in place and flushed.
    package struct File: Sendable, Hashable {
        package var path: FileName
        package var bytes: Int
        /// SHA-256 in hexadecimal digits.
        package var sha256: String

        package init(path: FileName, bytes: Int, sha256: String) {
            self.path = path
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    package struct ClassShare: Sendable, Hashable {
        package var name: String
        /// Such as `#1f77b4`.
        package var colour: String
        package var pixels: Int
        /// Nil where the scene has no known place.
        package var squareMetres: Double?

        package init(name: String, colour: String, pixels: Int, squareMetres: Double?) {
            self.name = name
            self.colour = colour
            self.pixels = pixels
            self.squareMetres = squareMetres
        }
    }

    /// Of the map, in pixels.
    package var width: Int
    package var height: Int
    /// The hash in the map's metadata.
    package var sceneHash: String
    /// The map first.
    package var files: [File]
    package var classes: [ClassShare]
    package var nodataPixels: Int
    /// From the worker's start to its end.
    package var seconds: Double
    /// Whether all was there already.
    package var isUnchanged: Bool
    /// What the worker warned of, in sentences.
    package var warnings: [String]

    package init(
        width: Int, height: Int, sceneHash: String, files: [File], classes: [ClassShare],
        nodataPixels: Int, seconds: Double, isUnchanged: Bool, warnings: [String]
    ) {
        self.width = width
        self.height = height
        self.sceneHash = sceneHash
        self.files = files
        self.classes = classes
        self.nodataPixels = nodataPixels
        self.seconds = seconds
        self.isUnchanged = isUnchanged
        self.warnings = warnings
    }
}
