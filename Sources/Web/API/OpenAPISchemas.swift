/// The shapes of bodies and answers, for the OpenAPI document.
enum OpenAPISchemas {
  static let components: JSON = [
    "schemas": [
      "ServiceList": object([
        ("format_version", ["const": 1]), ("services", list("Service")),
      ]),
      "Service": object([
        ("id", string), ("mode", ["enum": ["observe", "floor", "desired"]]), ("fleet", fleet),
        ("observed", observed), ("target", nullable("integer")),
        ("decided_at", nullable("string")), ("reason", nullable("string")),
        ("problems", ["type": "array", "items": ["type": "string"]]), ("times", times),
        ("forecast", health), ("level_shifted", ["type": "boolean"]),
        ("violation_budget_spent", nullable("number")),
        ("override", ["oneOf": [OperatorOpenAPI.fixedSize, ["type": "null"]]]),
        ("frozen_until", nullable("string")),
      ]),
      "History": object([
        ("service", string), ("step_seconds", integer), ("points", list("HistoryPoint")),
      ]),
      "HistoryPoint": object([
        ("timestamp", time), ("rate", nullable("number")), ("queue", nullable("number")),
        ("ready", nullable("number")), ("target", nullable("integer")),
      ]),
      "Forecast": object([
        ("service", string), ("made_at", nullable("string")), ("model", nullable("string")),
        ("step_seconds", nullable("integer")), ("points", list("ForecastPoint")),
      ]),
      "ForecastPoint": forecastPoint,
      "Accuracy": object([
        ("service", string), ("model", nullable("string")), ("fitted_at", nullable("string")),
        ("backtest_mase", nullable("number")), ("horizons", list("AccuracyHorizon")),
        ("candidates", list("AccuracyCandidate")),
      ]),
      "AccuracyCandidate": object([
        ("name", string), ("weight", ["type": "number"]), ("mase", nullable("number")),
        ("smape", nullable("number")), ("pinball", nullable("number")),
        ("loses_to_seasonal_naive", ["type": "boolean"]), ("failure", nullable("string")),
      ]),
      "AccuracyHorizon": object([
        ("lead_seconds", integer), ("pairs", integer), ("wape", nullable("number")),
        ("bias", nullable("number")), ("coverage", list("Coverage")),
      ]),
      "Coverage": object([("level", ["type": "number"]), ("share", ["type": "number"])]),
      "DecisionList": object([("service", string), ("decisions", list("Decision"))]),
      "Decision": object([
        ("id", integer), ("timestamp", time), ("current", nullable("integer")),
        ("target", integer), ("reactive_target", nullable("integer")), ("line", string),
        ("trail", list("TrailEntry")),
      ]),
      "TrailEntry": object([("rule", string), ("text", string)]),
      "Replicas": object([
        ("replicas", integer), ("floor", integer), ("age_seconds", integer),
      ]),
      "Samples": object([
        ("samples", ["type": "array", "items": reference("Sample"), "maxItems": 100_000])
      ]),
      "Sample": object([
        ("service", ["type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,200}$"]),
        ("metric", ["enum": ["rate", "queue", "ready"]]),
        ("timestamp", ["description": "RFC 3339 or Unix seconds.", "type": ["string", "number"]]),
        ("value", ["type": "number", "minimum": 0, "maximum": 1_000_000_000_000]),
      ]),
      "SamplesTaken": object([("accepted", integer), ("rejected", list("Rejection"))]),
      "Rejection": object([("index", integer), ("reason", string)]),
      "Health": object([("status", string)], optional: [("detail", string)]),
      "Readiness": object([("status", string), ("checks", list("Check"))]),
      "Check": object([
        ("name", string), ("passes", ["type": "boolean"]), ("detail", string),
      ]),
      "Problem": object([
        ("type", ["type": "string", "format": "uri"]), ("title", string), ("status", integer),
        ("detail", string),
      ]),
    ],
    "responses": [
      "Problem": [
        "description": "What is wrong, as RFC 9457 has it.",
        "content": ["application/problem+json": ["schema": reference("Problem")]],
      ]
    ],
  ]

  private static let string: JSON = ["type": "string"]
  private static let integer: JSON = ["type": "integer"]
  private static let time: JSON = ["type": "string", "format": "date-time"]

  private static let fleet = object([
    ("rate_per_replica", ["type": "number"]), ("min", integer), ("max", integer),
  ])

  private static let observed = object([
    ("timestamp", nullable("string")), ("rate", nullable("number")),
    ("queue", nullable("number")), ("ready", nullable("integer")),
    ("pending", nullable("integer")),
  ])

  /// Null where nothing is measured.
  private static let times: JSON = [
    "type": ["object", "null"],
    "properties": [
      "boot": object([
        ("configured_seconds", ["type": "number"]), ("p50_seconds", nullable("number")),
        ("p95_seconds", nullable("number")), ("count", integer),
      ]),
      "lag": object([
        ("seconds", ["type": "number"]), ("measured_seconds", nullable("number")),
      ]),
    ],
  ]

  /// Null where there never was a forecast.
  private static let health: JSON = [
    "type": ["object", "null"],
    "properties": [
      "grade": ["enum": .array(ForecastHealth.Grade.allCases.map { .string($0.rawValue) })],
      "fitted_at": time, "exceedance": ["type": "number"], "level": ["type": "number"],
    ],
  ]

  /// Besides these, one number per quantile.
  private static let forecastPoint: JSON = [
    "type": "object", "required": ["timestamp", "mean"],
    "properties": ["timestamp": time, "mean": nullable("number")],
    "patternProperties": ["^p[0-9]+([.][0-9]+)?$": nullable("number")],
  ]

  private static func nullable(_ type: String) -> JSON {
    ["type": [.string(type), "null"]]
  }

  private static func reference(_ schema: String) -> JSON {
    ["$ref": .string("#/components/schemas/" + schema)]
  }

  private static func list(_ schema: String) -> JSON {
    ["type": "array", "items": reference(schema)]
  }

  /// An object all of whose members are always there, except the optional ones.
  private static func object(
    _ members: [(String, JSON)], optional: [(String, JSON)] = []
  ) -> JSON {
    [
      "type": "object", "required": .array(members.map { .string($0.0) }),
      "properties": .object((members + optional).map { JSON.Member(name: $0.0, value: $0.1) }),
    ]
  }
}
