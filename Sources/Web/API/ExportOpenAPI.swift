/// The routes of `ExportAPI` in the OpenAPI document.
enum ExportOpenAPI {
  static let forecast = path(
    "exportForecast",
    "Instance-Hours and money per service, fleet and period, with quantiles (streamed)",
    parameters: common + [
      parameter("granularity", "hour, day or month; day if absent.", ["hour", "day", "month"]),
      parameter("include", "actual: also what was measured before.", ["actual"]),
    ])

  static let commitments = path(
    "exportCommitments", "What to commit to: amounts per offer with savings and risk (streamed)",
    parameters: common)

  private static let common: [JSON] = [
    parameter("format", "The representation, in place of Accept.", ["csv", "ndjson", "json"]),
    parameter("horizon", "How far ahead, such as 35d or 395d; 35d if absent, at most 416d."),
    parameter("timezone", "The zone whose days and months are summed up; UTC if absent."),
    parameter("at", "Forecast as if it were this time; the newest sample if absent."),
    parameter(
      "growth", "Factors on demand, separated by commas: 3, 3@2027-01-01T00:00:00Z, 3/90d."),
    parameter(
      "service", "Only these services, separated by commas; all and the fleet if absent."),
  ]

  private static func parameter(
    _ name: String, _ description: String, _ values: [String] = []
  ) -> JSON {
    let schema: JSON =
      values.isEmpty
      ? ["type": "string"] : ["type": "string", "enum": .array(values.map(JSON.string))]
    return [
      "name": .string(name), "in": "query", "required": false,
      "description": .string(description), "schema": schema,
    ]
  }

  private static func path(_ id: String, _ summary: String, parameters: [JSON]) -> JSON {
    let problem: JSON = ["$ref": "#/components/responses/Problem"]
    let row: JSON = ["type": "object", "description": "One row, its members named as columns."]
    return [
      "get": [
        "operationId": .string(id), "tags": ["exports"], "summary": .string(summary),
        "parameters": .array(parameters),
        "responses": [
          "200": [
            "description": "The table, as `scaler export` writes it.",
            "content": [
              "text/csv": ["schema": ["type": "string"]],
              "application/x-ndjson": ["schema": row],
              "application/json": [
                "schema": [
                  "type": "object",
                  "required": ["format_version", "schema", "schema_version", "rows", "metadata"],
                  "properties": [
                    "format_version": ["const": 1], "schema": ["type": "string"],
                    "schema_version": ["type": "string"],
                    "rows": ["type": "array", "items": row], "metadata": ["type": "object"],
                  ],
                ]
              ],
            ],
          ],
          "400": problem, "404": problem, "406": problem, "409": problem, "503": problem,
          "default": problem,
        ],
      ]
    ]
  }
}
