import Foundation

extension PlatformWire {
  private struct Message: Decodable {
    struct Body: Decodable {
      var operation: String
      var service: String?
      var kind: String?
      var replicas: Int?
    }

    var data: Body?
  }

  private static func body(_ request: Request) -> Message.Body? {
    let data = Data(request.body)
    return (try? JSONDecoder().decode(Message.self, from: data))?.data
      ?? (try? JSONDecoder().decode(Message.Body.self, from: data))
  }

  /// The JSON of `webhook` and `exec`.
  package static let messages = PlatformWire(
    isWrite: { body($0)?.operation == "apply" },
    serve: { platform, request in
      guard let body = body(request) else { return .answer(400) }
      let fleet = platform.shown
      if body.operation == "observe" {
        return .answer(
          200,
          body:
            #"{"services":[{"id":"web","ready":\#(fleet.size),"pending":0,"min":\#(fleet.min),"max":\#(fleet.max)}]}"#
        )
      }
      guard body.service == "web" else { return .answer(404) }
      let isFloor = body.kind == "floor"
      let size = Swift.max(isFloor ? 0 : fleet.min, Swift.min(fleet.max, body.replicas ?? 0))
      guard size != (isFloor ? fleet.min : fleet.size) else {
        return .answer(200, body: #"{"result":"unchanged"}"#)
      }
      platform.write { if isFloor { $0.min = size } else { $0.size = size } }
      return .answer(200, body: #"{"result":"accepted","replicas":\#(size)}"#)
    },
    refuse: { status in
      .answer(
        status, headers: status == 429 ? ["Retry-After": "\(pause)"] : [:], body: "no")
    })
}
