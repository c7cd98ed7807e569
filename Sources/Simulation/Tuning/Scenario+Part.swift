import Domain

extension Scenario {
  /// The same world between two instants of the window, for learning on one part of the time and
  /// judging on another. What counts from the start of the window moves with it; bursts and faults
  /// outside the part are left out, and of a fault that reaches into it the part inside stays.
  ///
  /// The mean asked for with `scaledMean` belongs to the whole window: scale the trace beforehand.
  func part(from begin: Timestamp, to end: Timestamp) -> Scenario {
    var part = self
    let offset = begin.since(from)
    let length = end.since(begin)
    part.from = begin
    part.to = end
    part.scaledMean = nil
    // The step grid and with it the texture keep their start.
    part.history = history.map { $0 + offset }
    let seconds = offset.inSeconds
    part.growth = Growth(
      from: growth.factor(at: seconds), to: growth.to, over: max(.zero, growth.over - offset))
    part.bursts = bursts.compactMap { burst in
      var burst = burst
      burst.start -= offset
      return burst.start >= .zero && burst.start < length ? burst : nil
    }
    part.faults = faults.compactMap { fault in
      let first = max(.zero, fault.start - offset)
      let last = min(length, fault.start + fault.length - offset)
      return last > first ? Fault(kind: fault.kind, start: first, length: last - first) : nil
    }
    return part
  }
}
