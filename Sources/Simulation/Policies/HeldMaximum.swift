/// The largest value of a sliding window of steps.
///
/// A queue of falling values: each value enters and leaves once, so a step costs O(1) on average.
struct HeldMaximum<Value: Comparable & Sendable>: Sendable {
  private var entries: [(step: Int, value: Value)] = []
  private var head = 0
  /// How far back a value counts, in steps; the current one is always counted.
  let window: Int

  init(window: Int) {
    self.window = window
  }

  /// Adds `value` at `step` and gives the maximum over `step - window ... step`.
  mutating func add(_ value: Value, at step: Int) -> Value {
    while entries.count > head, let last = entries.last, last.value <= value {
      entries.removeLast()
    }
    entries.append((step, value))
    return maximum(at: step)
  }

  /// The maximum over `step - window ... step`, the newest value at least.
  ///
  /// - Precondition: A value was added.
  mutating func maximum(at step: Int) -> Value {
    precondition(!entries.isEmpty, "a maximum needs a value")
    while head < entries.count - 1, entries[head].step < step - window { head += 1 }
    if head > 256 {
      entries.removeFirst(head)
      head = 0
    }
    return entries[head].value
  }
}
