/// Finds how long the last request of each step waits, first in first out.
///
/// The wait of a step is known only once the fleet has served as much as had been admitted by then,
/// so steps stand in line here until that moment and leave in order. The line is as long as the
/// queue's delay, whatever the length of the run.
struct WaitResolver: Sendable {
  private var line: [(record: StepRecord, admitted: Double)] = []
  private var head = 0
  /// Requests served before the current step, and through it.
  private var servedBefore = 0.0
  private var servedThrough = 0.0
  private let dt: Double

  init(dt: Double) {
    self.dt = dt
  }

  /// Takes the step that has just ended and hands over every step whose wait is now known.
  @inline(__always)
  mutating func add(
    _ record: StepRecord, capacity: Double, resolved: (StepRecord) -> Void
  ) {
    servedBefore = servedThrough
    servedThrough += record.served
    if line.isEmpty && record.queue <= 1e-9 {
      resolved(record)
      return
    }
    line.append((record, servedThrough + record.queue))
    release(through: record.step, capacity: capacity, resolved: resolved)
  }

  private mutating func release(
    through step: Int, capacity: Double, resolved: (StepRecord) -> Void
  ) {
    while head < line.count {
      var (record, admitted) = line[head]
      if record.queue > 1e-9 {
        guard record.step < step, servedThrough >= admitted - 1e-9 else { break }
        record.wait = wait(of: record, admitted: admitted, in: step, capacity: capacity)
      }
      resolved(record)
      head += 1
    }
    if head == line.count {
      line.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 4096 {
      line.removeFirst(head)
      head = 0
    }
  }

  /// Ends the run after step `last`: what still waits is served at that step's capacity.
  mutating func finish(last: Int, capacity: Double, resolved: (StepRecord) -> Void) {
    servedBefore = servedThrough
    for (record, admitted) in line[head...] {
      var record = record
      if record.queue > 1e-9 {
        record.wait = wait(of: record, admitted: admitted, in: last + 1, capacity: capacity)
      }
      resolved(record)
    }
    line.removeAll()
    head = 0
  }

  /// The wait of what was admitted last in `record`'s step and is served in `step`.
  private func wait(
    of record: StepRecord, admitted: Double, in step: Int, capacity: Double
  ) -> Double {
    let rest = admitted - servedBefore
    let within = capacity > 0 ? dt * rest / capacity : (rest > 1e-9 ? .infinity : 0)
    return Double(step - (record.step + 1)) * dt + within
  }
}
