/// The routes of `OperatorAPI` in the OpenAPI document.
enum OperatorOpenAPI {
  static let override: JSON = [
    "put": operation(
      "putOverride", "Fixes the size of a service until an instant",
      body: object(
        ["replicas": ["type": "integer", "minimum": 0], "until": time, "for": length],
        required: ["replicas"]),
      answer: ["service": ["type": "string"], "override": fixedSize], errors: ["404"]),
    "delete": operation(
      "deleteOverride", "Lifts an override",
      answer: ["service": ["type": "string"], "override": ["type": "null"]], errors: ["404"]),
  ]

  static let freeze: JSON = [
    "post": operation(
      "postFreeze", "Freezes the size of every service; for an hour if no end is stated",
      body: object(["until": time, "for": length], required: []),
      answer: ["frozen_until": time]),
    "delete": operation(
      "deleteFreeze", "Lifts a freeze", answer: ["frozen_until": ["type": "null"]]),
  ]

  static let events: JSON = [
    "post": operation(
      "postEvent", "Announces a surge; one of the same name that was announced is replaced",
      body: event, answer: ["event": event], errors: ["404"]),
    "delete": operation(
      "deleteEvent", "Takes an announced event back",
      parameters: [
        [
          "name": "name", "in": "query", "required": true,
          "description": "The event's name.", "schema": ["type": "string"],
        ]
      ], answer: ["withdrawn": ["type": "string"]], errors: ["404"]),
  ]

  private static let time: JSON = [
    "description": "RFC 3339 or Unix seconds.", "type": ["string", "number"],
  ]
  private static let length: JSON = [
    "description": "A length of time from now, such as 2h30m.", "type": "string",
  ]

  /// An override in force.
  static let fixedSize: JSON = object(
    ["replicas": ["type": "integer"], "until": ["type": "string", "format": "date-time"]],
    required: ["replicas", "until"])

  private static let event = object(
    [
      "name": ["type": "string"],
      "services": ["type": "array", "items": ["type": "string"], "minItems": 1],
      "from": time, "to": time,
      "uplift": [
        "description": "The factor on the demand, or how it was on earlier occurrences.",
        "oneOf": [
          ["type": "number", "minimum": .number(0.01), "maximum": 1000], ["const": "learned"],
        ],
      ],
      "rise": ["description": "How long it rises before `from`.", "type": "string"],
      "fall": ["description": "How long it falls after `to`.", "type": "string"],
    ], required: ["name", "services", "from", "to", "uplift"])

  private static func object(
    _ members: KeyValuePairs<String, JSON>, required: [String]
  ) -> JSON {
    [
      "type": "object", "required": .array(required.map(JSON.string)),
      "properties": .object(members.map { JSON.Member(name: $0.key, value: $0.value) }),
    ]
  }

  private static func operation(
    _ id: String, _ summary: String, parameters: [JSON] = [], body: JSON? = nil,
    answer: KeyValuePairs<String, JSON>, errors: [String] = []
  ) -> JSON {
    let problem: JSON = ["$ref": "#/components/responses/Problem"]
    let ok: JSON = [
      "description": "In the journal and in force.",
      "content": [
        "application/json": ["schema": object(answer, required: answer.map(\.key))]
      ],
    ]
    let refusals = (["400", "415", "422", "503"] + errors).sorted() + ["default"]
    var members = [
      JSON.Member(name: "operationId", value: .string(id)),
      JSON.Member(name: "tags", value: ["operators"]),
      JSON.Member(name: "summary", value: .string(summary)),
      JSON.Member(name: "parameters", value: .array(parameters)),
    ]
    if let body {
      members.append(
        JSON.Member(
          name: "requestBody",
          value: ["required": false, "content": ["application/json": ["schema": body]]]))
    }
    members.append(
      JSON.Member(
        name: "responses",
        value: .object(
          [JSON.Member(name: "200", value: ok)]
            + refusals.map { JSON.Member(name: $0, value: problem) })))
    return .object(members)
  }
}
