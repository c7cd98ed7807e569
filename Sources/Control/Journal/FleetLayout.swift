import Domain
import Forecasting

// How what is known of a fleet lies in a snapshot.

extension StateWriter {
  mutating func write(_ boots: BootTimes) {
    write(boots.boots.count)
    for boot in boots.boots {
      write(boot.seconds)
      write(boot.hour)
    }
    write(boots.awaited.count)
    for batch in boots.awaited {
      write(batch.count)
      write(batch.since)
      write(batch.isWarm)
    }
    write(boots.ready)
  }

  mutating func write(_ foreign: ForeignWrites) {
    write(foreign.aim)
    write(foreign.isReached)
    write(foreign.found)
    write(foreign.lastWrite)
    write(foreign.yieldsUntil)
  }

  mutating func write(_ refusals: Refusals) {
    write(refusals.inARow)
    write(refusals.replicas)
    write(refusals.until)
  }

  mutating func write(_ ledger: BudgetLedger) {
    write(ledger.monthStart)
    write(ledger.monthEnd)
    write(ledger.lastTick)
    write(ledger.spent)
    write(ledger.meanSize)
  }

  mutating func write(_ starts: StartWatch) {
    write(starts.ready)
    write(starts.lastRise)
    write(starts.growths)
    write(starts.isStuck)
  }

  mutating func write(_ feedback: FeedbackWatch) {
    write(feedback.ready)
    write(feedback.rate)
    write(feedback.rise != nil)
    if let rise = feedback.rise {
      write(rise.ratio)
      write(rise.rate)
      write(rise.until)
    }
    write(feedback.echoes)
    write(feedback.lastEcho)
  }

  mutating func write(_ pool: WarmPool) {
    write(pool.size)
    write(pool.inFlight != nil)
    if let command = pool.inFlight { write(command) }
    write(pool.wanted)
    write(pool.advisedRate)
    write(pool.advised)
  }
}

extension StateReader {
  mutating func readBoots() throws(StateError) -> BootTimes {
    var boots: [BootTimes.Boot] = []
    for _ in 0..<(try readCount(elementSize: 16)) {
      let seconds = try readDouble()
      guard seconds >= 0, seconds.isFinite else { throw .inconsistent("a boot of no time") }
      boots.append(BootTimes.Boot(seconds: seconds, hour: try readInt()))
    }
    var awaited: [PendingBatch] = []
    for _ in 0..<(try readCount(elementSize: 17)) {
      let count = try readInt()
      let since = try readTimestamp()
      awaited.append(PendingBatch(count: count, since: since, isWarm: try readBool()))
    }
    return BootTimes(boots: boots, awaited: awaited, ready: try readOptionalInt())
  }

  mutating func readForeignWrites() throws(StateError) -> ForeignWrites {
    var foreign = ForeignWrites()
    foreign.aim = try readOptionalInt()
    foreign.isReached = try readBool()
    foreign.found = try readOptionalInt()
    foreign.lastWrite = try readOptionalTimestamp()
    foreign.yieldsUntil = try readOptionalTimestamp()
    return foreign
  }

  mutating func readRefusals() throws(StateError) -> Refusals {
    Refusals(
      inARow: max(0, try readInt()), replicas: try readInt(), until: try readOptionalTimestamp())
  }

  mutating func readLedger() throws(StateError) -> BudgetLedger {
    var ledger = BudgetLedger()
    ledger.monthStart = try readOptionalTimestamp()
    ledger.monthEnd = try readOptionalTimestamp()
    ledger.lastTick = try readOptionalTimestamp()
    ledger.spent = try readDouble()
    ledger.meanSize = try readOptionalDouble()
    guard ledger.spent >= 0, ledger.spent.isFinite, ledger.meanSize?.isFinite ?? true else {
      throw .inconsistent("a ledger's sums are out of range")
    }
    return ledger
  }

  mutating func readStarts() throws(StateError) -> StartWatch {
    var starts = StartWatch()
    starts.ready = try readOptionalInt()
    starts.lastRise = try readOptionalTimestamp()
    starts.growths = try readInt()
    starts.isStuck = try readBool()
    return starts
  }

  mutating func readFeedback() throws(StateError) -> FeedbackWatch {
    var feedback = FeedbackWatch()
    feedback.ready = try readOptionalInt()
    feedback.rate = try readOptionalDouble()
    if try readBool() {
      let ratio = try readDouble()
      let rate = try readDouble()
      feedback.rise = FeedbackWatch.Rise(ratio: ratio, rate: rate, until: try readTimestamp())
    }
    feedback.echoes = try readInt()
    feedback.lastEcho = try readOptionalTimestamp()
    return feedback
  }

  mutating func readPool(for service: ServiceID) throws(StateError) -> WarmPool {
    var pool = WarmPool()
    pool.size = try readOptionalInt()
    if try readBool() { pool.inFlight = try readCommand(for: service) }
    pool.wanted = try readHeldMaximum()
    pool.advisedRate = try readDouble()
    pool.advised = try readInt()
    return pool
  }
}
