/// The least replica-seconds with which no request ever waits, demand known in advance.
///
/// Replica `j` must serve in every step whose need is at least `j`. The levels are independent, and
/// each gap between two busy runs of a level is a choice between keeping the replica and releasing
/// it and paying its boot again, so the sum of the cheaper choices is optimal.
struct ZeroWaitOracle: Sendable {
  private let boot: Int
  private var step = 0
  private var need = 0
  /// The step after the last busy one of each level; -1 for a level that was never busy.
  private var idleSince: [Int] = []
  private var steps = 0

  init(boot: Int) {
    self.boot = boot
  }

  /// Takes the need of the next step.
  /// - Complexity: O(change of the need).
  @inline(__always)
  mutating func add(need next: Int) {
    if next != need || step == 0 { move(to: next) }
    steps += next
    step += 1
  }

  private mutating func move(to next: Int) {
    while idleSince.count < next { idleSince.append(-1) }
    if next < need {
      for level in next..<need { idleSince[level] = step }
    } else {
      for level in need..<next where step > 0 {
        let since = idleSince[level]
        steps += since < 0 ? boot : min(step - since, boot)
      }
    }
    need = next
  }

  /// Replica-steps so far, boots included.
  var replicaSteps: Int { steps }
}
