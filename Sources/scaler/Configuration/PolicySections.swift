import Control
import Domain
import Forecasting
import Foundation

// The sections of a service's policy, shared by service files, `services:` and scenarios.

extension FleetPolicy {
  init(_ field: YAMLField) throws {
    let section = try field.section([
      "rate_per_replica", "boot", "min", "max", "queue_limit", "warm_pool",
    ])
    let least = try section["min"]?.integer(in: 0...1_000_000) ?? 1
    let maxField = try section.required("max")
    let most = try maxField.integer(in: 1...1_000_000)
    guard most >= least else { throw maxField.refusal("must not be less than `min`") }
    self.init(
      ratePerReplica: try section.required("rate_per_replica").number(above: 0),
      boot: try section.required("boot").duration(), min: least, max: most,
      queueLimit: try section["queue_limit"]?.number(above: 0))
    guard let pool = section["warm_pool"] else { return }
    let keys = try pool.section(["boot", "cost", "burst", "max"])
    if let boot = try keys["boot"]?.duration() { warmBoot = boot }
    standby = StandbyPolicy(
      cost: try keys["cost"]?.number(in: 0...1) ?? 0.1,
      burst: try keys["burst"]?.number(in: 1...1000),
      max: try keys.required("max").integer(in: 0...1_000_000))
  }
}

extension ControlTiming {
  init(field: YAMLField) throws {
    let section = try field.section(["interval", "lag"])
    let interval = try section["interval"]?.wholeSeconds() ?? .seconds(15)
    var lag = interval
    if let field = section["lag"], try field.text() != "auto" { lag = try field.duration() }
    self.init(interval: interval, lag: lag)
  }
}

extension Objective {
  /// - Parameter violation: The share where none is configured.
  init(field: YAMLField, violation: Double = Objective().violation) throws {
    let section = try field.section(["slo_wait", "violation", "window", "queue_max"])
    var objective = Objective(violation: violation)
    if let wait = try section["slo_wait"]?.duration() { objective.sloWait = wait }
    if let share = try section["violation"]?.number(in: 0.00001...0.5) {
      objective.violation = share
    }
    if let window = try section["window"]?.wholeSeconds() { objective.window = window }
    if let most = try section["queue_max"]?.number(above: 0) { objective.queueMax = most }
    self = objective
  }
}

extension ForecastPolicy {
  init(field: YAMLField) throws {
    let section = try field.section(["step", "seasons", "timezone", "history", "exclude"])
    var forecast = ForecastPolicy()
    if let step = try section["step"]?.wholeSeconds() { forecast.step = step }
    if let seasons = section["seasons"], try seasons.isAuto() == false {
      let periods = try seasons.list().map { try $0.wholeSeconds() }
      guard periods.count <= Seasons.maximumCount else {
        throw seasons.refusal(
          "takes at most \(Seasons.maximumCount) periods, not \(periods.count)")
      }
      forecast.seasons = periods
    }
    if let history = try section["history"]?.wholeSeconds() { forecast.history = history }
    forecast.excluded = try (section["exclude"]?.list() ?? []).map { entry in
      let span = try entry.section(["from", "to"])
      let from = try span.required("from").timestamp()
      let to = try span.required("to").timestamp()
      guard from < to else { throw entry.refusal("ends before it begins") }
      return TimeSpan(from: from, to: to)
    }
    if let zoneField = section["timezone"] {
      let name = try zoneField.text()
      guard let zone = UTCOffsets(zoneNamed: name) else {
        throw zoneField.refusal("must be a time zone such as Europe/Berlin, not `\(name)`")
      }
      forecast.zone = zone
    }
    self = forecast
  }
}

extension YAMLField {
  /// `10%`, or a fraction.
  fileprivate func share() throws -> Double {
    let text = try text()
    guard text.hasSuffix("%") else { return try number(in: 0...0.5) }
    guard let percent = Double(text.dropLast()), (0...50).contains(percent) else {
      throw refusal("must be 0% to 50%, not `\(text)`")
    }
    return percent / 100
  }

  fileprivate func isAuto() throws -> Bool {
    guard isScalar else { return false }
    guard try text() == "auto" else { throw refusal("must be `auto` or a list of durations") }
    return true
  }
}

extension ScalingPolicy {
  init(field: YAMLField) throws {
    try self.init(field.section(["risk", "utilization", "drain", "up", "down"]))
  }

  /// From keys that stand among others.
  init(_ section: YAMLSection) throws {
    var scaling = ScalingPolicy()
    if let risk = section["risk"], try risk.text() != "auto" {
      scaling.risk = .fixed(try risk.number(in: 0.0001...0.5))
    }
    if let share = try section["utilization"]?.number(in: 0.05...1) { scaling.utilization = share }
    if let drain = try section["drain"]?.wholeSeconds() { scaling.drain = drain }
    if let up = try section["up"]?.section(["max_step", "deadband"]) {
      if let limit = up["max_step"] { scaling.up = try StepLimit(field: limit) }
      if let share = try up["deadband"]?.share() { scaling.upDeadband = share }
    }
    if let down = try section["down"]?.section(["max_step", "deadband", "stabilization"]) {
      if let limit = down["max_step"] { scaling.down = try StepLimit(field: limit) }
      if let share = try down["deadband"]?.share() { scaling.downDeadband = share }
      if let window = try down["stabilization"]?.duration() { scaling.stabilization = window }
    }
    self = scaling
  }
}

extension StepLimit {
  /// `none`, `N%/period` or `N/period`.
  init?(field: YAMLField) throws {
    let text = try field.text()
    if text == "none" { return nil }
    let refusal = field.refusal("must be `none`, `20%/1m` or `5/1m`, not `\(text)`")
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let period = Duration(parsing: String(parts[1])),
      period >= .seconds(1)
    else { throw refusal }
    if parts[0].hasSuffix("%") {
      guard let percent = Double(parts[0].dropLast()), percent > 0, percent <= 1000 else {
        throw refusal
      }
      self.init(amount: .share(percent / 100), period: period)
    } else {
      guard let count = Int(parts[0]), count > 0 else { throw refusal }
      self.init(amount: .replicas(count), period: period)
    }
  }
}

extension [DownstreamLimit] {
  init(field: YAMLField) throws {
    let section = try field.section(["downstream"])
    self = try (section["downstream"]?.list() ?? []).map { entry in
      let limit = try entry.section(["name", "per_replica", "limit"])
      return DownstreamLimit(
        name: try limit.required("name").text(),
        perReplica: try limit.required("per_replica").number(above: 0),
        limit: try limit.required("limit").number(above: 0))
    }
  }
}

extension Price {
  init(field: YAMLField) throws {
    let section = try field.section(
      ["per_replica_hour", "currency", "per_violation", "monthly_budget"] + PriceNote.keys)
    self.init(
      perReplicaHour: try section.required("per_replica_hour").number(above: 0),
      currency: try section["currency"]?.text() ?? "USD",
      perViolation: try section["per_violation"]?.number(above: 0),
      monthlyBudget: try section["monthly_budget"]?.number(above: 0))
  }
}

extension UTCOffsets {
  /// The offsets of a named zone of the system's zone data from 1990 to 2060, or nil if there is
  /// no such zone.
  init?(zoneNamed name: String) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    let begin = Date(timeIntervalSince1970: 631_152_000)
    let end = Date(timeIntervalSince1970: 2_840_140_800)
    var transitions: [Transition] = []
    var date = begin
    while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
      transitions.append(
        Transition(
          from: Timestamp(seconds: Int64(next.timeIntervalSince1970)),
          offset: zone.secondsFromGMT(for: next)))
      date = next
    }
    self.init(first: zone.secondsFromGMT(for: begin), transitions: transitions)
  }
}
