import Domain
import Forecasting

// How the domain's values lie in journal entries and snapshots. Each `write` has its `read…` in
// the extension below, in the same order.

extension StateWriter {
  mutating func write(_ time: Timestamp) { write(Int(time.seconds)) }

  /// To the millisecond, which is as fine as configuration goes.
  mutating func write(_ duration: Duration) {
    let parts = duration.components
    write(Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
  }

  mutating func write(_ value: Int?) {
    write(value != nil)
    if let value { write(value) }
  }

  mutating func write(_ value: Double?) {
    write(value != nil)
    if let value { write(value) }
  }

  mutating func write(_ time: Timestamp?) { write(time.map { Int($0.seconds) }) }

  mutating func write(_ observation: Observation) {
    write(observation.time)
    write(observation.rate)
    write(observation.queue)
    write(observation.ready)
    write(observation.pending != nil)
    if let pending = observation.pending {
      write(pending.count)
      for batch in pending {
        write(batch.count)
        write(batch.since)
        write(batch.isWarm)
      }
    }
    write(observation.warm)
    write(observation.isRollingOut.map { $0 ? 1 : 0 })
    // Last and rare: where it is missing the bytes are what they were before it existed.
    if let changed = observation.changedFloor {
      write(changed.replicas)
      write(changed.isPlanned)
    }
  }

  mutating func write(_ outcome: ScaleOutcome) {
    switch outcome {
    case .accepted(let replicas):
      write(byte: 1)
      write(replicas)
    case .unchanged: write(byte: 2)
    case .refused(let reason):
      write(byte: 3)
      write(reason)
    case .unknown(let reason):
      write(byte: 4)
      write(reason)
    case .notSent(let reason):
      write(byte: 5)
      write(reason)
    }
  }

  mutating func write(_ override: SizeOverride?) {
    write(override != nil)
    if let override {
      write(override.replicas)
      write(override.until)
    }
  }

  mutating func write(_ command: ScaleCommand) {
    write(Int(command.decision.number))
    write(command.kind.rawValue)
    write(command.replicas)
    write(Int(command.fencingToken))
    write(command.validUntil)
    write(command.reason)
  }
}

extension StateReader {
  mutating func readTimestamp() throws(StateError) -> Timestamp {
    Timestamp(seconds: Int64(try readInt()))
  }

  mutating func readDuration() throws(StateError) -> Duration {
    .milliseconds(try readInt())
  }

  mutating func readOptionalInt() throws(StateError) -> Int? {
    try readBool() ? try readInt() : nil
  }

  mutating func readOptionalDouble() throws(StateError) -> Double? {
    try readBool() ? try readDouble() : nil
  }

  mutating func readOptionalTimestamp() throws(StateError) -> Timestamp? {
    try readOptionalInt().map { Timestamp(seconds: Int64($0)) }
  }

  mutating func readObservation() throws(StateError) -> Observation {
    var observation = Observation(time: try readTimestamp())
    observation.rate = try readOptionalDouble()
    observation.queue = try readOptionalDouble()
    observation.ready = try readOptionalInt()
    if try readBool() {
      let count = try readCount(elementSize: 17)
      var pending: [PendingBatch] = []
      for _ in 0..<count {
        let replicas = try readInt()
        let since = try readTimestamp()
        pending.append(PendingBatch(count: replicas, since: since, isWarm: try readBool()))
      }
      observation.pending = pending
    }
    observation.warm = try readOptionalInt()
    observation.isRollingOut = try readOptionalInt().map { $0 != 0 }
    if remaining > 0 {
      let replicas = try readInt()
      observation.changedFloor = ChangedFloor(replicas: replicas, isPlanned: try readBool())
    }
    return observation
  }

  mutating func readOutcome() throws(StateError) -> ScaleOutcome {
    let start = position
    let tag = try readByte()
    switch tag {
    case 1: return .accepted(replicas: try readInt())
    case 2: return .unchanged
    case 3: return .refused(try readText())
    case 4: return .unknown(try readText())
    case 5: return .notSent(try readText())
    default: throw .unexpectedByte(tag, at: start)
    }
  }

  mutating func readOverride() throws(StateError) -> SizeOverride? {
    guard try readBool() else { return nil }
    let replicas = try readInt()
    return SizeOverride(replicas: replicas, until: try readTimestamp())
  }

  mutating func readServiceID() throws(StateError) -> ServiceID {
    let text = try readText()
    guard let id = ServiceID(text) else { throw .inconsistent("not a service name: \(text)") }
    return id
  }

  mutating func readCommand(for service: ServiceID) throws(StateError) -> ScaleCommand {
    let decision = DecisionID(Int64(try readInt()))
    let name = try readText()
    guard let kind = ScaleCommand.Kind(rawValue: name) else {
      throw .inconsistent("not a kind of command: \(name)")
    }
    let replicas = try readInt()
    let token = Int64(try readInt())
    return ScaleCommand(
      decision: decision, service: service, kind: kind, replicas: replicas, fencingToken: token,
      validUntil: try readTimestamp(), reason: try readText())
  }
}
