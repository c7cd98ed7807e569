import Domain
import Forecasting

// How a policy lies in the journal, so that a replay needs no configuration file.

extension StateWriter {
  mutating func write(_ policy: ServicePolicy) {
    write(tag: 0x50, version: 1)
    write(policy.id.name)
    write(policy.mode.rawValue)
    write(policy.fleet)
    write(policy.timing.interval)
    write(policy.timing.lag)
    write(policy.objective)
    write(policy.forecast)
    write(policy.scaling)
    write(policy.downstream.count)
    for limit in policy.downstream {
      write(limit.name)
      write(limit.perReplica)
      write(limit.limit)
    }
    write(policy.price != nil)
    if let price = policy.price {
      write(price.perReplicaHour)
      write(price.currency)
    }
    write(policy.events.count)
    for event in policy.events { write(event) }
    write(policy.hasQueueSignal)
    write(policy.hasFleetSignal)
  }

  private mutating func write(_ fleet: FleetPolicy) {
    write(fleet.ratePerReplica)
    write(fleet.boot)
    write(fleet.min)
    write(fleet.max)
    write(fleet.queueLimit)
    write(fleet.warmBoot)
  }

  private mutating func write(_ objective: Objective) {
    write(objective.sloWait)
    write(objective.violation)
    write(objective.window)
    write(objective.queueMax)
  }

  private mutating func write(_ forecast: ForecastPolicy) {
    write(forecast.isEnabled)
    write(forecast.step)
    write(forecast.seasons != nil)
    write(forecast.seasons?.count ?? 0)
    for season in forecast.seasons ?? [] { write(season) }
    write(forecast.zone.first)
    write(forecast.zone.transitions.count)
    for transition in forecast.zone.transitions {
      write(transition.from)
      write(transition.offset)
    }
    write(forecast.history)
  }

  private mutating func write(_ scaling: ScalingPolicy) {
    switch scaling.risk {
    case .auto: write(nil as Double?)
    case .fixed(let share): write(share as Double?)
    }
    write(scaling.utilization)
    write(scaling.drain)
    write(scaling.up)
    write(scaling.down)
    write(scaling.stabilization)
    write(scaling.reacts)
  }

  private mutating func write(_ limit: StepLimit?) {
    switch limit?.amount {
    case nil: write(byte: 0)
    case .share(let share):
      write(byte: 1)
      write(share)
    case .replicas(let count):
      write(byte: 2)
      write(count)
    }
    if let limit { write(limit.period) }
  }

  private mutating func write(_ event: AnnouncedEvent) {
    write(event.name)
    write(event.from)
    write(event.to)
    write(event.uplift)
    write(event.rise)
    write(event.fall)
  }
}

extension StateReader {
  mutating func readPolicy() throws(StateError) -> ServicePolicy {
    try read(tag: 0x50, versions: 1...1)
    let id = try readServiceID()
    let modeName = try readText()
    guard let mode = ServicePolicy.Mode(rawValue: modeName) else {
      throw .inconsistent("not a mode: \(modeName)")
    }
    var policy = ServicePolicy(id: id, mode: mode, fleet: try readFleet())
    policy.timing.interval = try readDuration()
    policy.timing.lag = try readDuration()
    policy.objective = try readObjective()
    policy.forecast = try readForecast()
    policy.scaling = try readScaling()
    for _ in 0..<(try readCount(elementSize: 24)) {
      let name = try readText()
      let perReplica = try readDouble()
      policy.downstream.append(
        DownstreamLimit(name: name, perReplica: perReplica, limit: try readDouble()))
    }
    if try readBool() {
      let perHour = try readDouble()
      policy.price = Price(perReplicaHour: perHour, currency: try readText())
    }
    for _ in 0..<(try readCount(elementSize: 48)) { policy.events.append(try readEvent()) }
    policy.hasQueueSignal = try readBool()
    policy.hasFleetSignal = try readBool()
    return policy
  }

  private mutating func readFleet() throws(StateError) -> FleetPolicy {
    let rate = try readDouble()
    let boot = try readDuration()
    let least = try readInt()
    let most = try readInt()
    let limit = try readOptionalDouble()
    return FleetPolicy(
      ratePerReplica: rate, boot: boot, min: least, max: most, queueLimit: limit,
      warmBoot: try readDuration())
  }

  private mutating func readObjective() throws(StateError) -> Objective {
    let wait = try readDuration()
    let violation = try readDouble()
    let window = try readDuration()
    return Objective(
      sloWait: wait, violation: violation, window: window, queueMax: try readDouble())
  }

  private mutating func readForecast() throws(StateError) -> ForecastPolicy {
    let isEnabled = try readBool()
    let step = try readDuration()
    let hasSeasons = try readBool()
    var seasons: [Duration] = []
    for _ in 0..<(try readCount(elementSize: 8)) { seasons.append(try readDuration()) }
    let first = try readInt()
    var transitions: [UTCOffsets.Transition] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let from = try readTimestamp()
      transitions.append(UTCOffsets.Transition(from: from, offset: try readInt()))
    }
    return ForecastPolicy(
      isEnabled: isEnabled, step: step, seasons: hasSeasons ? seasons : nil,
      zone: UTCOffsets(first: first, transitions: transitions), history: try readDuration())
  }

  private mutating func readScaling() throws(StateError) -> ScalingPolicy {
    let share = try readOptionalDouble()
    let utilization = try readDouble()
    let drain = try readDuration()
    let up = try readStepLimit()
    let down = try readStepLimit()
    let stabilization = try readDuration()
    return ScalingPolicy(
      risk: share.map(ScalingPolicy.Risk.fixed) ?? .auto, utilization: utilization, drain: drain,
      up: up, down: down, stabilization: stabilization, reacts: try readBool())
  }

  private mutating func readStepLimit() throws(StateError) -> StepLimit? {
    let start = position
    let tag = try readByte()
    switch tag {
    case 0: return nil
    case 1:
      let share = try readDouble()
      return StepLimit(amount: .share(share), period: try readDuration())
    case 2:
      let count = try readInt()
      return StepLimit(amount: .replicas(count), period: try readDuration())
    default: throw .unexpectedByte(tag, at: start)
    }
  }

  private mutating func readEvent() throws(StateError) -> AnnouncedEvent {
    let name = try readText()
    let from = try readTimestamp()
    let to = try readTimestamp()
    let uplift = try readDouble()
    let rise = try readDuration()
    return AnnouncedEvent(
      name: name, from: from, to: to, uplift: uplift, rise: rise, fall: try readDuration())
  }
}
