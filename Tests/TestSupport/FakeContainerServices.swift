import Foundation

/// Amazon ECS and Application Auto Scaling, with shapes and error codes as in AWS' published API
/// definitions `ecs-2014-11-13` and `application-autoscaling-2016-02-06` (botocore 1.43.11, Apache
/// License 2.0).
extension PlatformWire {
  private struct Input: Decodable {
    struct Capacity: Decodable {
      var minCapacity: Int?

      enum CodingKeys: String, CodingKey { case minCapacity = "MinCapacity" }
    }

    var cluster: String?
    var services: [String]?
    var service: String?
    var desiredCount: Int?
    var minCapacity: Int?
    var resourceId: String?

    enum CodingKeys: String, CodingKey {
      case cluster, services, service, desiredCount
      case minCapacity = "MinCapacity"
      case resourceId = "ResourceId"
    }
  }

  private static func action(_ request: Request) -> String {
    String((request.headers["x-amz-target"] ?? "").split(separator: ".").last ?? "")
  }

  /// The service `web` of the cluster `shop`, scaled by Application Auto Scaling or by nobody.
  package static func containerServices(isScaled: Bool) -> PlatformWire {
    PlatformWire(
      isWrite: { !action($0).hasPrefix("Describe") },
      serve: { platform, request in
        guard let input = try? JSONDecoder().decode(Input.self, from: Data(request.body)),
          request.headers["content-type"] == "application/x-amz-json-1.1"
        else { return .answer(400) }
        let fleet = platform.shown
        switch action(request) {
        case "DescribeServices":
          guard input.cluster == "shop" else {
            return .answer(400, body: #"{"__type":"ClusterNotFoundException","message":"no"}"#)
          }
          guard input.services?.contains("web") == true else {
            return .answer(200, body: #"{"services":[],"failures":[{"reason":"MISSING"}]}"#)
          }
          return .answer(
            200,
            body:
              #"{"services":[{"serviceName":"web","status":"ACTIVE","desiredCount":\#(fleet.size),"runningCount":\#(fleet.size),"pendingCount":0,"schedulingStrategy":"REPLICA","deployments":[{"status":"PRIMARY"}]}],"failures":[]}"#
          )
        case "DescribeScalableTargets":
          return .answer(
            200,
            body: isScaled
              ? #"{"ScalableTargets":[{"ServiceNamespace":"ecs","ResourceId":"service/shop/web","ScalableDimension":"ecs:service:DesiredCount","MinCapacity":\#(fleet.min),"MaxCapacity":\#(fleet.max),"RoleARN":"r","CreationTime":1.8e9,"SuspendedState":{"DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":false,"ScheduledScalingSuspended":false}}]}"#
              : #"{"ScalableTargets":[]}"#)
        case "RegisterScalableTarget":
          platform.write { $0.min = input.minCapacity ?? $0.min }
        case "UpdateService":
          guard input.service == "web" else {
            return .answer(400, body: #"{"__type":"ServiceNotFoundException","message":"no"}"#)
          }
          platform.write { $0.size = input.desiredCount ?? $0.size }
        case "DescribeScheduledActions":
          return .answer(
            200,
            body:
              #"{"ScheduledActions":[{"ScheduledActionName":"scaler-20200101T0000Z","ServiceNamespace":"ecs","ResourceId":"service/shop/web","Schedule":"at(2020-01-01T00:00:00)","ScalableTargetAction":{"MinCapacity":3},"CreationTime":1.5e9}]}"#
          )
        case "PutScheduledAction", "DeleteScheduledAction": break
        default: return .answer(400)
        }
        return .answer(200, body: "{}")
      },
      refuse: { status in
        let (code, sent) =
          switch status {
          case 409: ("ConcurrentUpdateException", 400)
          case 429: ("ThrottlingException", 400)
          case 403: ("AccessDeniedException", 400)
          case 503: ("ServiceUnavailableException", 503)
          default: ("InternalServiceException", 500)
          }
        return .answer(
          sent, headers: status == 429 ? ["Retry-After": "\(pause)"] : [:],
          body: #"{"__type":"com.amazonaws#\#(code)","message":"no"}"#)
      })
  }
}
