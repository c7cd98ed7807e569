import Control
import Domain
import Testing

@testable import Simulation

@Suite("The rivals")
struct PolicyTests {
  /// What a policy sees at `step` after `rate` requests per second all along.
  static func view(
    step: Int = 60, rate: Double = 10, queue: Double = 0, ready: Int = 10, pending: Int = 0,
    served: Double? = nil
  ) -> ControllerView {
    var history = StepHistory(lookback: 64)
    for _ in 0..<step {
      let capacity = Double(ready) * 5
      history.append(
        ObservedStep(
          arrivals: rate * 5, served: served ?? min(rate * 5, capacity), capacity: capacity,
          queue: queue))
    }
    var fleet = Fleet(ready: ready, boot: 60, poolSize: 0, warmBoot: 6)
    if pending > 0 { fleet.scale(to: ready + pending, at: step, boot: 60) }
    return ControllerView(
      step: step, observed: step - 3, dt: 5, history: history, fleet: fleet, ratePerReplica: 1,
      queueLimit: 5000, minimum: 1, maximum: 1000)
  }

  static func pods(
    _ metric: HorizontalPodAutoscaler.Metric, target: Double = 0.5
  ) -> HorizontalPodAutoscaler {
    HorizontalPodAutoscaler(
      metric: metric, interval: 3, window: 6, target: target, tolerance: 0.1, stabilization: 60,
      floor: nil)
  }

  @Test(
    "HPA on the request rate: tolerance, growth limits, target",
    arguments: [
      // rate, ready, wanted
      (5.4, 10, 10), (5.6, 10, 12), (8, 10, 16), (50, 10, 20), (50, 2, 6), (4.6, 10, 10),
    ])
  func requestRate(rate: Double, ready: Int, wanted: Int) {
    var policy = Self.pods(.requestRate)
    #expect(policy.want(Self.view(rate: rate, ready: ready)) == wanted)
  }

  @Test("HPA shrinks only to the most it recommended within the stabilisation window")
  func stabilization() {
    var policy = Self.pods(.requestRate)
    #expect(policy.want(Self.view(step: 60, rate: 8, ready: 16)) == 16)
    #expect(policy.want(Self.view(step: 120, rate: 2, ready: 16)) == 16)
    #expect(policy.want(Self.view(step: 123, rate: 2, ready: 16)) == 4)
  }

  @Test("HPA on CPU counts booting pods as idle and never shrinks because of them")
  func unready() {
    var policy = Self.pods(.cpu, target: 0.7)
    #expect(policy.want(Self.view(rate: 10, ready: 10)) == 15)
    #expect(policy.want(Self.view(rate: 10, ready: 10, pending: 2)) == 15)
    #expect(policy.want(Self.view(rate: 10, ready: 10, pending: 4)) == 14)
    #expect(policy.want(Self.view(rate: 10, ready: 10, pending: 9)) == 19)
  }

  @Test("KEDA counts the queue and what is being served")
  func queue() {
    var policy = Self.pods(.queueLength, target: 2)
    #expect(policy.want(Self.view(rate: 10, queue: 26, ready: 10)) == 18)
    #expect(policy.want(Self.view(rate: 10, queue: 0, ready: 5)) == 5)
  }

  @Test("target tracking needs three high minutes to grow and fifteen low ones to shrink")
  func alarms() {
    var policy = TargetTracking(interval: 12, window: 12, target: 0.5, warmUp: 60, floor: nil)
    let high = (0..<4).map { policy.want(Self.view(step: 60 + 12 * $0, rate: 8)) }
    #expect(high == [10, 10, 16, 16])
    let low = (4..<20).map { policy.want(Self.view(step: 60 + 12 * $0, rate: 2)) }
    #expect(low == Array(repeating: 10, count: 14) + [4, 10])
  }

  @Test("Knative panics at twice the intended load, then does not shrink for a stable window")
  func panic() {
    var policy = KnativeAutoscaler(
      interval: 1, stableWindow: 12, panicWindow: 1, perReplica: 1, floor: nil)
    #expect(policy.want(Self.view(step: 20, rate: 10)) == 10)
    #expect(policy.want(Self.view(step: 30, rate: 25)) == 25)
    #expect(policy.want(Self.view(step: 40, rate: 5)) == 25)
    #expect(policy.want(Self.view(step: 43, rate: 2)) == 5)
  }

  @Test("the predictive HPA as shipped sees its past backwards")
  func reversed() {
    let rising = (0..<24).map(Double.init)
    let shipped = Array(rising.dropLast().reversed()) + [23]
    let forward = PrescribedHoltWinters.forecast(rising, period: 6, smoothing: 0.3) ?? 0
    let backward = PrescribedHoltWinters.forecast(shipped, period: 6, smoothing: 0.3) ?? 0
    #expect(abs(forward - 24) < 0.5)
    #expect(abs(backward - 24) > 3)
    #expect(
      PrescribedHoltWinters.forecast(Array(rising.prefix(15)), period: 6, smoothing: 0.9) == nil)
  }

  @Test("a given floor lifts every rival", arguments: PolicyKind.allCases.filter { !$0.isLimit })
  func floor(kind: PolicyKind) throws {
    let world = try Worlds.world(Worlds.constant(10), after: 1)
    let specification = Worlds.specification(kind) { $0.floor = [50] }
    var lowest = Int.max
    _ = world.run(specification) { if $0.step > 100 { lowest = min(lowest, $0.ready) } }
    #expect(lowest >= 50)
  }

  @Test("every policy holds a constant load without violations", arguments: PolicyKind.allCases)
  func constant(kind: PolicyKind) throws {
    let world = try Worlds.world(Worlds.constant(10, hours: 50), after: 48)
    let card = world.run(Worlds.specification(kind)).scorecard
    #expect(card.violation < 0.01)
    #expect(card.oracleRatio >= 1 && card.oracleRatio < 2)
  }

  @Test("the held maximum is that of the window, the newest value included", arguments: 0..<10)
  func held(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var held = HeldMaximum<Int>(window: 20)
    var values: [Int] = []
    for step in 0..<900 {
      values.append(Int(random.next() % 50))
      let expected = values[max(0, step - 20)...].max()
      #expect(held.add(values[step], at: step) == expected, "seed \(seed)")
    }
  }
}
