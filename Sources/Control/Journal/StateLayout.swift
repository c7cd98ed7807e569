import Domain
import Forecasting

// How the parts of `Autoscaler` lie in a snapshot.

extension StateWriter {
  mutating func write(_ recent: RecentRate) {
    write(recent.entries.count)
    for entry in recent.entries {
      write(entry.time)
      write(entry.rate)
    }
  }

  mutating func write(_ held: HeldMaximum) {
    write(held.entries.count)
    for entry in held.entries {
      write(entry.time)
      write(entry.value)
    }
  }

  mutating func write(_ sizes: SizeHistory) {
    write(sizes.entries.count)
    for entry in sizes.entries {
      write(entry.time)
      write(entry.size)
    }
  }

  mutating func write(_ watch: SignalWatch) {
    write(watch.freshTicks)
    write(watch.freshSince)
    write(watch.lastRate)
    write(watch.unmovedTicks)
    write(watch.movingShare)
    write(watch.collapseTicks)
    write(watch.expectedTicks)
    write(watch.shiftedTicks)
    write(watch.suspicion?.rawValue ?? "")
  }

  mutating func write(_ outlook: FloorOutlook?) {
    write(outlook != nil)
    outlook?.writeState(to: &self)
  }

  mutating func write(_ demand: DemandTracker) {
    write(demand.boot)
    demand.trust.writeState(to: &self)
    demand.effects.writeState(to: &self)
    write(demand.outlook)
    write(demand.model != nil)
    if let model = demand.model { model.writeState(to: &self) }
    write(demand.modelTime)
    write(demand.open.start)
    write(demand.open.sum)
    write(demand.open.known)
    write(demand.open.ticks)
    write(demand.closed.firstStart)
    write(demand.closed.values)
    write(demand.fittedAt)
    write(demand.nextFit)
  }

  mutating func write(_ decision: Decision) {
    write(Int(decision.id.number))
    write(decision.time)
    write(decision.current)
    write(decision.target)
    write(decision.trail.count)
    for rule in decision.trail { write(rule) }
  }
}

extension StateReader {
  mutating func readRecentRate() throws(StateError) -> RecentRate {
    var entries: [RecentRate.Entry] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let time = try readTimestamp()
      entries.append(RecentRate.Entry(time: time, rate: try readDouble()))
    }
    return RecentRate(entries: entries)
  }

  mutating func readHeldMaximum() throws(StateError) -> HeldMaximum {
    var entries: [HeldMaximum.Entry] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let time = try readTimestamp()
      entries.append(HeldMaximum.Entry(time: time, value: try readDouble()))
    }
    return HeldMaximum(entries: entries)
  }

  mutating func readSizes() throws(StateError) -> SizeHistory {
    var entries: [SizeHistory.Entry] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let time = try readTimestamp()
      entries.append(SizeHistory.Entry(time: time, size: try readInt()))
    }
    return SizeHistory(entries: entries)
  }

  mutating func readWatch() throws(StateError) -> SignalWatch {
    var watch = SignalWatch()
    watch.freshTicks = try readInt()
    watch.freshSince = try readOptionalTimestamp()
    watch.lastRate = try readOptionalDouble()
    watch.unmovedTicks = try readInt()
    watch.movingShare = try readDouble()
    watch.collapseTicks = try readInt()
    watch.expectedTicks = try readInt()
    watch.shiftedTicks = try readInt()
    watch.suspicion = Rule.Suspicion(rawValue: try readText())
    return watch
  }

  mutating func readOutlook() throws(StateError) -> FloorOutlook? {
    try readBool() ? try FloorOutlook(from: &self) : nil
  }

  mutating func readDemand(into demand: inout DemandTracker) throws(StateError) {
    demand.look(aheadFor: try readDuration())
    demand.trust = try LeadTrust(from: &self)
    guard demand.trust.lead == demand.lead else {
      throw .inconsistent("a trust of another lead window")
    }
    demand.effects = try EventEffects(from: &self)
    demand.outlook = try readOutlook()
    let model = try readBool() ? try LeadDemand(from: &self) : nil
    let modelTime = try readOptionalTimestamp()
    var open = OpenStep()
    open.start = try readOptionalTimestamp()
    open.sum = try readDouble()
    open.known = try readInt()
    open.ticks = try readInt()
    var closed = ClosedSteps()
    closed.firstStart = try readOptionalTimestamp()
    closed.values = try readDoubles()
    let fittedAt = try readOptionalTimestamp()
    demand.restore(
      model: model, modelTime: modelTime, open: open, closed: closed, fittedAt: fittedAt,
      nextFit: try readOptionalTimestamp())
  }

  mutating func readDecision(for service: ServiceID) throws(StateError) -> Decision {
    let id = DecisionID(Int64(try readInt()))
    let time = try readTimestamp()
    let current = try readOptionalInt()
    let target = try readInt()
    var trail: [Rule] = []
    for _ in 0..<(try readCount(elementSize: 1)) { trail.append(try readRule()) }
    return Decision(
      id: id, service: service, time: time, current: current, target: target, trail: trail)
  }
}
