import Domain
import Forecasting

// How a policy lies in the journal, so that a replay needs no configuration file.

extension StateWriter {
  mutating func write(_ policy: ServicePolicy) {
    write(tag: 0x50, version: 3)
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
      write(price.perViolation)
      write(price.monthlyBudget)
    }
    write(policy.events.count)
    for event in policy.events { write(event) }
    write(policy.calendar.count)
    for event in policy.calendar { write(event) }
    write(policy.hasQueueSignal)
    write(policy.hasFleetSignal)
    write(policy.holdsPlans)
  }

  private mutating func write(_ fleet: FleetPolicy) {
    write(fleet.ratePerReplica)
    write(fleet.boot)
    write(fleet.min)
    write(fleet.max)
    write(fleet.queueLimit)
    write(fleet.warmBoot)
    write(fleet.standby != nil)
    if let standby = fleet.standby {
      write(standby.cost)
      write(standby.burst)
      write(standby.max)
    }
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
    write(forecast.zone)
    write(forecast.history)
    write(forecast.excluded.count)
    for span in forecast.excluded {
      write(span.from)
      write(span.to)
    }
  }

  mutating func write(_ zone: UTCOffsets) {
    write(zone.first)
    write(zone.transitions.count)
    for transition in zone.transitions {
      write(transition.from)
      write(transition.offset)
    }
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
    write(scaling.upDeadband)
    write(scaling.downDeadband)
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
    write(event.isLearned)
    write(event.uncertainty)
  }
}

extension StateReader {
  mutating func readPolicy() throws(StateError) -> ServicePolicy {
    let version = try read(tag: 0x50, versions: 2...3)
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
      let currency = try readText()
      let perViolation = try readOptionalDouble()
      policy.price = Price(
        perReplicaHour: perHour, currency: currency, perViolation: perViolation,
        monthlyBudget: try readOptionalDouble())
    }
    for _ in 0..<(try readCount(elementSize: 48)) {
      policy.events.append(try readEvent(version: version))
    }
    if version > 2 {
      for _ in 0..<(try readCount(elementSize: 34)) {
        policy.calendar.append(try readCalendarEvent())
      }
    }
    policy.hasQueueSignal = try readBool()
    policy.hasFleetSignal = try readBool()
    policy.holdsPlans = try readBool()
    return policy
  }

  private mutating func readFleet() throws(StateError) -> FleetPolicy {
    let rate = try readDouble()
    let boot = try readDuration()
    let least = try readInt()
    let most = try readInt()
    let limit = try readOptionalDouble()
    let warmBoot = try readDuration()
    var standby: StandbyPolicy?
    if try readBool() {
      let cost = try readDouble()
      let burst = try readOptionalDouble()
      standby = StandbyPolicy(cost: cost, burst: burst, max: try readInt())
    }
    return FleetPolicy(
      ratePerReplica: rate, boot: boot, min: least, max: most, queueLimit: limit,
      warmBoot: warmBoot, standby: standby)
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
    let zone = try readZone()
    let history = try readDuration()
    var excluded: [TimeSpan] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let from = try readTimestamp()
      excluded.append(TimeSpan(from: from, to: try readTimestamp()))
    }
    return ForecastPolicy(
      isEnabled: isEnabled, step: step, seasons: hasSeasons ? seasons : nil,
      zone: zone, history: history, excluded: excluded)
  }

  mutating func readZone() throws(StateError) -> UTCOffsets {
    let first = try readInt()
    var transitions: [UTCOffsets.Transition] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let from = try readTimestamp()
      transitions.append(UTCOffsets.Transition(from: from, offset: try readInt()))
    }
    return UTCOffsets(first: first, transitions: transitions)
  }

  private mutating func readScaling() throws(StateError) -> ScalingPolicy {
    let share = try readOptionalDouble()
    let utilization = try readDouble()
    let drain = try readDuration()
    let up = try readStepLimit()
    let down = try readStepLimit()
    let upDeadband = try readDouble()
    let downDeadband = try readDouble()
    let stabilization = try readDuration()
    return ScalingPolicy(
      risk: share.map(ScalingPolicy.Risk.fixed) ?? .auto, utilization: utilization, drain: drain,
      up: up, down: down, upDeadband: upDeadband, downDeadband: downDeadband,
      stabilization: stabilization, reacts: try readBool())
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

  /// Until version 2 an event rose after its begin and fell before its end.
  private mutating func readEvent(version: UInt8) throws(StateError) -> AnnouncedEvent {
    let name = try readText()
    let from = try readTimestamp()
    let to = try readTimestamp()
    let uplift = try readDouble()
    let rise = try readDuration()
    let fall = try readDuration()
    let isLearned = try readBool()
    guard version > 2 else {
      return AnnouncedEvent(
        name: name, from: min(from + rise, to), to: max(to - fall, min(from + rise, to)),
        uplift: uplift, rise: rise, fall: fall, isLearned: isLearned)
    }
    return AnnouncedEvent(
      name: name, from: from, to: to, uplift: uplift, rise: rise, fall: fall,
      isLearned: isLearned, uncertainty: try readDouble())
  }
}
