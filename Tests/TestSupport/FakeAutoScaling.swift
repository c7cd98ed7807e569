import Foundation

/// EC2 Auto Scaling's query protocol, with shapes and error codes as in AWS' published API definition
/// `autoscaling-2011-01-01` (botocore 1.43.11, Apache License 2.0).
extension PlatformWire {
  package static let autoScaling = PlatformWire(
    isWrite: { !($0.form["Action"] ?? "").hasPrefix("Describe") },
    serve: { platform, request in
      let form = request.form
      switch form["Action"] {
      case "DescribeAutoScalingGroups": return .answer(200, body: group(platform.shown))
      case "UpdateAutoScalingGroup":
        platform.write { $0.min = Int(form["MinSize"] ?? "") ?? $0.min }
      case "SetDesiredCapacity":
        platform.write { $0.size = Int(form["DesiredCapacity"] ?? "") ?? $0.size }
      case "DescribeScheduledActions":
        return .answer(
          200,
          body:
            "<R><DescribeScheduledActionsResult><ScheduledUpdateGroupActions><member><ScheduledActionName>scaler-20200101T0000Z</ScheduledActionName></member></ScheduledUpdateGroupActions></DescribeScheduledActionsResult></R>"
        )
      case "BatchPutScheduledUpdateGroupAction", "BatchDeleteScheduledAction", "PutWarmPool": break
      default: return .answer(400)
      }
      let action = form["Action"] ?? ""
      return .answer(
        200, body: "<\(action)Response><\(action)Result/></\(action)Response>")
    },
    refuse: { status in
      let (code, sent) =
        switch status {
        case 409: ("ResourceContention", 500)
        case 429: ("Throttling", 400)
        case 403: ("AccessDenied", 403)
        case 503: ("ServiceUnavailable", 503)
        default: ("InternalFailure", 500)
        }
      return .answer(
        sent, headers: status == 429 ? ["Retry-After": "\(pause)"] : [:],
        body:
          "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>no</Message></Error></ErrorResponse>"
      )
    })

  private static func group(_ fleet: FakePlatform.Fleet) -> String {
    let instances = (0..<max(0, fleet.size)).map {
      "<member><InstanceId>i-\($0)</InstanceId><LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus></member>"
    }
    return
      "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName><MinSize>\(fleet.min)</MinSize><MaxSize>\(fleet.max)</MaxSize><DesiredCapacity>\(fleet.size)</DesiredCapacity><Instances>\(instances.joined())</Instances><WarmPoolConfiguration/><WarmPoolSize>1</WarmPoolSize></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>"
  }
}
