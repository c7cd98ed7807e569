import Control
import Domain

// How long a decision takes, each one timed by itself.
//
//     swift build -c release --product ControlBenchmark && .build/release/ControlBenchmark [decisions]
//
// The decision core is fed with a daily wave, noise and bursts that leave a queue, as `simulate` feeds
// it; fits are made before the clock runs and adopted while it does. Nothing else is in the times than
// `Autoscaler.handle`.

@main
enum Decisions {
  static func main() {
    let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 80_640
    for (name, isEnabled) in [("reactive", false), ("hybrid", true)] {
      let times = measured(count: count, forecasts: isEnabled)
      guard let most = times.last else { return }
      let mean = Double(times.reduce(0, +)) / Double(times.count)
      func quantile(_ share: Double) -> Double {
        Double(times[min(times.count - 1, Int(share * Double(times.count)))]) / 1000
      }
      print(
        "\(name): \(times.count) decisions, mean \((mean / 1000).shortText) µs, "
          + "median \(quantile(0.5).shortText) µs, p99 \(quantile(0.99).shortText) µs, "
          + "p99.9 \(quantile(0.999).shortText) µs, most \((Double(most) / 1000).shortText) µs")
    }
  }

  /// Nanoseconds of each decision, ascending.
  private static func measured(count: Int, forecasts: Bool) -> [Int64] {
    guard let id = ServiceID("benchmark") else { return [] }
    var forecast = ForecastPolicy()
    forecast.isEnabled = forecasts
    let policy = ServicePolicy(
      id: id, mode: .desired,
      fleet: FleetPolicy(
        ratePerReplica: 1, boot: .seconds(300), min: 1, max: 100_000, queueLimit: 5000),
      objective: Objective(violation: 0.01), forecast: forecast)
    var world = ToyWorld()
    var autoscaler = Autoscaler(policy: policy)
    if forecasts {
      let step = DemandFitting.step(for: policy)
      let steps = Int(14 * 86_400 / step.wholeSeconds)
      let start = world.now - step * steps
      let history = TimeSeries(
        start: start, step: step,
        values: (0..<steps).map { world.rate(at: start + step * $0) })
      if case .success(let fitted) = DemandFitting.fit(
        history, policy: policy, deliveredAt: world.now)
      {
        _ = autoscaler.handle(.fitted(fitted))
      }
    }
    var times: [Int64] = []
    times.reserveCapacity(count)
    let clock = ContinuousClock()
    for _ in 0..<count {
      let observation = world.tick()
      let began = clock.now
      let effects = autoscaler.handle(.observed(observation))
      times.append((clock.now - began).components.attoseconds / 1_000_000_000)
      for case .scale(let command) in effects {
        world.order(command.replicas)
        _ = autoscaler.handle(
          .scaled(command.decision, .accepted(replicas: command.replicas), at: world.now))
      }
    }
    return times.sorted()
  }
}

/// A fleet that boots in five minutes, a queue, and a demand with a burst every six hours.
private struct ToyWorld {
  private(set) var now = Timestamp(seconds: 1_700_006_400)
  private var ready = 30
  private var pending: [PendingBatch] = []
  private var queue = 0.0
  private var noise: UInt64 = 1

  /// Requests per second, without noise and bursts.
  func rate(at time: Timestamp) -> Double {
    let phase = Double(time.seconds % 86_400) / 86_400
    return 20 + 20 * (phase < 0.5 ? phase : 1 - phase)
  }

  mutating func tick() -> Observation {
    now = now + .seconds(15)
    while let first = pending.first, first.since + .seconds(300) <= now {
      ready += first.count
      pending.removeFirst()
    }
    noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let jitter = 1 + 0.1 * (Double(noise >> 11) * 0x1p-53 - 0.5)
    let isBurst = now.seconds % 21_600 < 1200
    let seen = rate(at: now) * jitter * (isBurst ? 2.5 : 1)
    queue = min(5000, max(0, queue + (seen - Double(ready)) * 15))
    return Observation(
      time: now, rate: seen, queue: queue, ready: ready, pending: pending, warm: 0)
  }

  mutating func order(_ replicas: Int) {
    let size = pending.reduce(ready) { $0 + $1.count }
    if replicas > size {
      pending.append(PendingBatch(count: replicas - size, since: now))
      return
    }
    var excess = size - replicas
    while excess > 0, let last = pending.popLast() {
      let rest = last.count - excess
      if rest > 0 { pending.append(PendingBatch(count: rest, since: last.since)) }
      excess = max(0, excess - last.count)
    }
    ready -= min(ready, excess)
  }
}
