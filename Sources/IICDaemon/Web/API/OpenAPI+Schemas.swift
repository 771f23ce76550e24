import IICInfer

extension OpenAPI {
    static let schemas = try? JSONValue(parsing: Array(schemaText.utf8))

    private static let schemaText = #"""
        {"schemas": {
          "Error": {"type": "object", "required": ["error"], "properties": {
            "error": {"type": "string", "description": "What is wrong and what to do."}}},
          "JobState": {"type": "string", "enum":
            ["arriving", "waiting", "queued", "running", "done", "failed", "cancelled"]},
          "Counts": {"type": "object", "description": "Scenes in each state.",
            "required":
              ["arriving", "waiting", "queued", "running", "done", "failed", "cancelled"],
            "additionalProperties": {"type": "integer", "minimum": 0}},
          "JobList": {"type": "object", "required": ["jobs", "counts", "next"], "properties": {
            "jobs": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}},
            "counts": {"$ref": "#/components/schemas/Counts"},
            "next": {"type": ["integer", "null"],
              "description": "To be given as `after` for the page that follows."}}},
          "Job": {"type": "object",
            "required": ["id", "scene", "sceneBytes", "state", "identity", "bytes", "hashes",
              "attempts", "crashes", "seen", "begun", "ended", "nextAttempt", "failure", "result",
              "progress"],
            "properties": {
              "id": {"type": "integer", "minimum": 1},
              "scene": {"type": "string",
                "description": "The path below the watched folder, as it may be shown."},
              "sceneBytes": {"type": ["string", "null"],
                "description": "The path's bytes in hexadecimal digits, if it is shown otherwise."},
              "state": {"$ref": "#/components/schemas/JobState"},
              "identity": {"type": "string"},
              "bytes": {"type": "integer", "minimum": 0},
              "hashes": {"type": "object", "required": ["content", "model", "settings"],
                "properties": {"content": {"type": ["string", "null"]},
                  "model": {"type": "string"}, "settings": {"type": "string"}}},
              "attempts": {"type": "integer", "minimum": 0},
              "crashes": {"type": "integer", "minimum": 0},
              "seen": {"type": "string", "format": "date-time"},
              "begun": {"type": ["string", "null"], "format": "date-time"},
              "ended": {"type": ["string", "null"], "format": "date-time"},
              "nextAttempt": {"type": ["string", "null"], "format": "date-time"},
              "failure": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Failure"}]},
              "result": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Result"}]},
              "progress": {"anyOf": [{"type": "null"},
                {"$ref": "#/components/schemas/Progress"}]}}},
          "Failure": {"type": "object", "required": ["code", "stage", "text"], "properties": {
            "code": {"type": "integer", "description":
              "The worker's exit code, or 128 and the number of the signal that ended it."},
            "stage": {"type": "string"}, "text": {"type": "string"}}},
          "Result": {"type": "object",
            "required": ["width", "height", "sceneHash", "seconds", "unchanged", "nodataPixels",
              "classes", "files", "warnings"],
            "properties": {
              "width": {"type": "integer"}, "height": {"type": "integer"},
              "sceneHash": {"type": "string"}, "seconds": {"type": "number"},
              "unchanged": {"type": "boolean"}, "nodataPixels": {"type": "integer"},
              "classes": {"type": "array", "items": {"type": "object",
                "required": ["name", "colour", "pixels", "squareMetres"], "properties": {
                  "name": {"type": "string"}, "colour": {"type": "string"},
                  "pixels": {"type": "integer"}, "squareMetres": {"type": ["number", "null"]}}}},
              "files": {"type": "array", "items": {"type": "object",
                "required": ["path", "pathBytes", "bytes", "sha256"], "properties": {
                  "path": {"type": "string"}, "pathBytes": {"type": ["string", "null"]},
                  "bytes": {"type": "integer"}, "sha256": {"type": "string"}}}},
              "warnings": {"type": "array", "items": {"type": "string"}}}},
          "Progress": {"type": "object",
            "required": ["stage", "done", "total", "unit", "rate", "secondsLeft"], "properties": {
              "stage": {"type": "string"}, "done": {"type": "number"}, "total": {"type": "number"},
              "unit": {"type": "string"},
              "rate": {"type": ["number", "null"], "description": "Units a second."},
              "secondsLeft": {"type": ["number", "null"]}}},
          "Colour": {"type": "object", "required": ["name", "colour"], "properties": {
            "name": {"type": "string"}, "colour": {"type": "string"}}},
          "Picture": {"type": "object",
            "required": ["width", "height", "first", "rows", "labels", "palette"], "properties": {
              "width": {"type": "integer"}, "height": {"type": "integer"},
              "first": {"type": "integer", "description": "The first row that is here, from 0."},
              "rows": {"type": "integer", "description": "How many are here."},
              "labels": {"type": "string", "contentEncoding": "base64", "description":
                "A byte a pixel, row after row: a place in the palette, 255 for no data."},
              "palette": {"type": "array", "items": {"$ref": "#/components/schemas/Colour"}}}},
          "Status": {"type": "object",
            "required": ["version", "daemon", "counts", "live", "latest", "history", "obstacle"],
            "properties": {
              "version": {"type": "integer", "description": "Rises with every change."},
              "daemon": {"type": "object",
                "required": ["folder", "maps", "model", "modelHash", "gallery", "classes", "workers",
                  "version", "started"],
                "properties": {
                  "folder": {"type": "string"}, "maps": {"type": "string"},
                  "model": {"type": "string"}, "modelHash": {"type": "string"},
                  "gallery": {"type": "boolean",
                    "description": "Whether /gallery has the gallery of the model's classes."},
                  "classes": {"type": "array", "items": {"$ref": "#/components/schemas/Colour"}},
                  "workers": {"type": "integer"}, "version": {"type": "string"},
                  "started": {"type": "string", "format": "date-time"}}},
              "counts": {"$ref": "#/components/schemas/Counts"},
              "live": {"type": "array", "items": {"type": "object",
                "required": ["job", "memory", "picture"], "properties": {
                  "job": {"$ref": "#/components/schemas/Job"},
                  "memory": {"type": "integer", "description": "Resident bytes of the worker."},
                  "picture": {"anyOf": [{"type": "null"}, {"type": "object",
                    "required": ["width", "height", "rows"], "properties": {
                      "width": {"type": "integer"}, "height": {"type": "integer"},
                      "rows": {"type": "integer"}}}]}}}},
              "latest": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Job"}],
                "description": "The job that has changed last."},
              "history": {"type": "array", "description": "Of the last hour, oldest first.",
                "items": {"type": "object",
                  "required": ["time", "pixelsPerSecond", "memory", "running"], "properties": {
                    "time": {"type": "string", "format": "date-time"},
                    "pixelsPerSecond": {"type": "number"},
                    "memory": {"type": "integer", "description":
                      "Resident bytes of the daemon and its workers."},
                    "running": {"type": "integer"}}}},
              "obstacle": {"type": ["string", "null"],
                "description": "Why no scene can be accepted now."}}}
        }}
        """#
}
