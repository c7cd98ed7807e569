import HummingbirdCore

/// `GET /openapi.json`: the API described by hand, in OpenAPI 3.1. A test compares its paths with
/// the route table.
enum OpenAPIDocument {
  static let endpoints: [Endpoint] = [
    .get("/openapi.json") { _ in .json(json) }
  ]

  static let json: JSON = [
    "openapi": "3.1.0",
    "info": [
      "title": "scaler", "version": "1.0.0",
      "summary": "A predictive autoscaler: what it sees, expects and decides.",
      "description": """
      Times are RFC 3339 in UTC; on input any offset and Unix seconds are taken. Rates are requests \
      per second. A value that is not known is null, never zero. Answers may gain members.
      """,
      "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
    ],
    "servers": [["url": "/"]],
    "security": [],
    "tags": [
      ["name": "services", "description": "What each service does and why."],
      ["name": "ingest", "description": "Measurements in."],
      ["name": "operators", "description": "What a person fixes, freezes or announces."],
      ["name": "exports", "description": "Tables for the cost team."],
      ["name": "operation", "description": "For probes and monitoring."],
    ],
    "paths": paths,
    "components": OpenAPISchemas.components,
  ]

  private static let paths: JSON = [
    "/v1/services": [
      "get": operation(
        "listServices", "services", "Every configured service, as it is now",
        ok: reference("ServiceList"))
    ],
    "/v1/services/{id}": [
      "parameters": [idParameter],
      "get": operation(
        "getService", "services", "One service, as it is now", ok: reference("Service"),
        errors: ["404"]),
    ],
    "/v1/services/{id}/history": [
      "parameters": [idParameter],
      "get": operation(
        "getHistory", "services", "Demand, queue and replicas on an even grid",
        parameters: [
          parameter(
            "from", "Start of the range; a day before its end if absent.", ["type": "string"]),
          parameter("to", "End of the range; now if absent.", ["type": "string"]),
          parameter(
            "step",
            "Length of a step: whole seconds, or a text such as 5m. Chosen to fit if absent.",
            ["type": "string"]),
        ], ok: reference("History"), errors: ["400", "404"]),
    ],
    "/v1/services/{id}/forecast": [
      "parameters": [idParameter],
      "get": operation(
        "getForecast", "services", "The forecast in force, with its quantiles",
        ok: reference("Forecast"), errors: ["404"]),
    ],
    "/v1/services/{id}/accuracy": [
      "parameters": [idParameter],
      "get": operation(
        "getAccuracy", "services", "How the forecasts did against what came",
        ok: reference("Accuracy"), errors: ["404"]),
    ],
    "/v1/services/{id}/decisions": [
      "parameters": [idParameter],
      "get": operation(
        "getDecisions", "services", "The newest decisions with their reasons, newest first",
        parameters: [
          parameter(
            "limit", "How many, 50 if absent.",
            ["type": "integer", "minimum": 1, "maximum": 1000])
        ], ok: reference("DecisionList"), errors: ["400", "404"]),
    ],
    "/v1/services/{id}/replicas": [
      "parameters": [idParameter],
      "get": operation(
        "getReplicas", "services",
        "The size that should run, for a scaler outside; 503 when it cannot be vouched for",
        ok: reference("Replicas"), errors: ["404"]),
    ],
    "/v1/samples": [
      "post": post(
        "postSamples", "ingest", "Stores measurements; what is accepted is on the disk",
        body: [
          "application/json": ["schema": reference("Samples")],
          "application/x-ndjson": ["schema": reference("Sample")],
        ], ok: reference("SamplesTaken"), errors: ["400", "413", "415", "429", "507"])
    ],
    "/api/v1/write": [
      "post": [
        "operationId": "remoteWrite", "tags": ["ingest"],
        "summary": "Prometheus Remote-Write 1.0; what is answered with 204 is on the disk",
        "requestBody": [
          "required": true,
          "content": ["application/x-protobuf": ["schema": ["type": "string"]]],
        ],
        "responses": [
          "204": ["description": "Stored."],
          "400": ["description": "Do not repeat it: why, in one line; what was good is stored."],
          "413": ["$ref": "#/components/responses/Problem"],
          "415": ["$ref": "#/components/responses/Problem"],
          "429": ["$ref": "#/components/responses/Problem"],
          "507": ["$ref": "#/components/responses/Problem"],
          "default": ["$ref": "#/components/responses/Problem"],
        ],
      ]
    ],
    "/v1/services/{id}/override": pathOfService(OperatorOpenAPI.override),
    "/v1/freeze": OperatorOpenAPI.freeze,
    "/v1/events": OperatorOpenAPI.events,
    "/v1/export/forecast": ExportOpenAPI.forecast,
    "/v1/export/commitments": ExportOpenAPI.commitments,
    "/metrics": [
      "get": [
        "operationId": "getMetrics", "tags": ["operation"],
        "summary": "The program's figures for Prometheus",
        "responses": [
          "200": [
            "description": "Text exposition format 0.0.4.",
            "content": ["text/plain": ["schema": ["type": "string"]]],
          ],
          "default": ["$ref": "#/components/responses/Problem"],
        ],
      ]
    ],
    "/healthz": ["get": probe("getHealth", "Whether the process does its work")],
    "/-/healthy": ["get": probe("getHealthAlias", "Alias of /healthz")],
    "/readyz": ["get": readiness("getReadiness", "Whether work may be sent here")],
    "/-/ready": ["get": readiness("getReadinessAlias", "Alias of /readyz")],
    "/openapi.json": [
      "get": operation(
        "getOpenAPI", "operation", "This document", ok: ["type": "object"])
    ],
  ]

  private static let idParameter: JSON = [
    "name": "id", "in": "path", "required": true,
    "description": "The service's name, percent-encoded.",
    "schema": ["type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,200}$"],
  ]

  private static func pathOfService(_ operations: JSON) -> JSON {
    guard case .object(let members) = operations else { return operations }
    return .object([JSON.Member(name: "parameters", value: [idParameter])] + members)
  }

  private static func reference(_ schema: String) -> JSON {
    ["$ref": .string("#/components/schemas/" + schema)]
  }

  private static func parameter(_ name: String, _ description: String, _ schema: JSON) -> JSON {
    [
      "name": .string(name), "in": "query", "required": false,
      "description": .string(description), "schema": schema,
    ]
  }

  private static func operation(
    _ id: String, _ tag: String, _ summary: String, parameters: [JSON] = [], ok: JSON,
    errors: [String] = []
  ) -> JSON {
    [
      "operationId": .string(id), "tags": [.string(tag)], "summary": .string(summary),
      "parameters": .array(parameters), "responses": responses(ok: ok, errors: errors),
    ]
  }

  private static func post(
    _ id: String, _ tag: String, _ summary: String, body: JSON, ok: JSON, errors: [String]
  ) -> JSON {
    [
      "operationId": .string(id), "tags": [.string(tag)], "summary": .string(summary),
      "requestBody": ["required": true, "content": body],
      "responses": responses(ok: ok, errors: errors),
    ]
  }

  private static func probe(_ id: String, _ summary: String) -> JSON {
    check(id, summary, "Health", ok: "It does its work.", not: "It has to be started anew.")
  }

  private static func readiness(_ id: String, _ summary: String) -> JSON {
    check(id, summary, "Readiness", ok: "Ready.", not: "Not ready, with what is missing.")
  }

  private static func check(
    _ id: String, _ summary: String, _ schema: String, ok: String, not: String
  ) -> JSON {
    [
      "operationId": .string(id), "tags": ["operation"], "summary": .string(summary),
      "responses": [
        "200": content(ok, reference(schema)),
        "503": content(not, reference(schema)),
        "default": ["$ref": "#/components/responses/Problem"],
      ],
    ]
  }

  private static func responses(ok: JSON, errors: [String]) -> JSON {
    let problem: JSON = ["$ref": "#/components/responses/Problem"]
    let members =
      [JSON.Member(name: "200", value: content("The answer.", ok))]
      + (errors + ["503", "default"]).map { JSON.Member(name: $0, value: problem) }
    return .object(members)
  }

  private static func content(_ description: String, _ schema: JSON) -> JSON {
    [
      "description": .string(description),
      "content": ["application/json": ["schema": schema]],
    ]
  }
}
