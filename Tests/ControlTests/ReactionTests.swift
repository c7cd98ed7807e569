import Control
import Domain
import Testing

@Suite("The reaction without a forecast")
struct ReactionTests {
  @Test("follows the rate with its headroom, up at once")
  func followsTheRate() throws {
    // At 640/s two replicas fall behind by 440/s for 75 s: 33,000 waiting, 5.5 more to drain it.
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue ready | target because
      0s     150     0     2 |      2 observed 2 (150/s)
      15s    640     0     2 |     14 queue +6 (33000 waiting)
      30s    640     0     8 |      8 observed 8 (640/s)
      """
    ).play(on: &autoscaler)
  }

  @Test("adds what drains the backlog, counting in what is already warming")
  func drainsTheBacklog() throws {
    // 10 replicas serve 1000/s; 3000 wait. Lag 15 s: 3000 + (900-1000)*15 = 1500 now; 60 s later
    // the fleet has worked it off, so nothing is added.
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue ready | target because
      0s     900  3000    10 |     10
      """
    ).play(on: &autoscaler)
    // At 1080/s the same fleet falls behind: 3000 + 80*75 = 9000 waiting, 9000/(60*100) = 1.5.
    try Timeline(
      """
      time  rate queue ready | target because
      15s   1080  3000    10 |     14 queue +2 (9000 waiting)
      """
    ).play(on: &autoscaler)
  }

  @Test("keeps the drain part while the replicas that drain warm up")
  func holdsTheDrain() throws {
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue  ready | target because
      0s    1080  3000     10 |     14 queue
      15s   1080  4200   10+4 |     14 queue
      30s   1080  5400   10+4 |     14 queue
      """
    ).play(on: &autoscaler)
  }

  @Test("shrinks no further than what was wanted within the window, and 20 % a minute")
  func shrinksSlowly() throws {
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue ready | target because
      0s     900     0    10 |     10
      15s    900     0    10 |     10
      30s    900     0    10 |     10
      45s    900     0    10 |     10
      60s    900     0    10 |     10
      75s    400     0    10 |     10 stabilising
      90s    400     0    10 |     10 stabilising
      105s   400     0    10 |     10 stabilising
      120s   400     0    10 |     10 stabilising
      135s   400     0    10 |      9 stabilising
      150s   400     0     8 |      8
      """
    ).play(on: &autoscaler)
  }

  @Test("never falls to zero, and stays within its bounds")
  func staysInBounds() throws {
    var autoscaler = Autoscaler(policy: try policy(min: 2, max: 12))
    try Timeline(
      """
      time  rate queue ready | target because
      0s       0     0     2 |      2
      15s  90000     0     2 |     12 bounds 2…12
      """
    ).play(on: &autoscaler)
  }
}

@Suite("Silence")
struct SilenceTests {
  @Test("silence never scales down", arguments: ["- 0 8", "0 - 8", "- - 8", "0 0 -", "- - -"])
  func neverScalesDown(seen: String) throws {
    var autoscaler = Autoscaler(policy: try policy(min: 1))
    try Timeline(
      """
      time  rate queue ready | target because
      0s     640     0     8 |      8
      15s    640     0     8 |      8
      30s    640     0     8 |      8
      45s    640     0     8 |      8
      60s    640     0     8 |      8
      120s  \(seen)          |      8 unknown
      240s  \(seen)          |      8 unknown
      3600s \(seen)          |      8 unknown
      """
    ).play(on: &autoscaler)
  }

  @Test("F-27: a signal that comes back with zeros does not shrink at once")
  func recoversSlowly() throws {
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue ready | target because
      0s     640     0     8 |      8
      15s      -     -     8 |      8 unknown
      300s     0     0     8 |      8 come back
      315s     0     0     8 |      8 come back
      330s     0     0     8 |      8 come back
      345s     0     0     8 |      8 come back
      360s     0     0     8 |      7 step
      """
    ).play(on: &autoscaler)
  }

  @Test("F-27: at ticks of a minute it is three fresh samples that are waited for, not the window")
  func recoversAfterThreeSamples() throws {
    var autoscaler = Autoscaler(
      policy: try policy { $0.timing.interval = .seconds(60) })
    try Timeline(
      """
      time  rate queue ready | target because
      0m     640     0     8 |      8
      1m       -     -     8 |      8 unknown
      5m       0     0     8 |      8 come back
      6m       0     0     8 |      8 come back
      7m       0     0     8 |      7 step
      """
    ).play(on: &autoscaler)
  }

  @Test("an unknown rate can still grow the fleet for a queue that is seen later")
  func growsAfterSilence() throws {
    var autoscaler = Autoscaler(policy: try policy())
    try Timeline(
      """
      time  rate queue ready | target because
      0s     640     0     8 |      8
      15s      -     -     8 |      8 unknown
      30s   1800     0     8 |     33 queue
      """
    ).play(on: &autoscaler)
  }

  @Test("F-28: a rate that froze on a noisy series may grow the fleet, not shrink it")
  func frozenRateHolds() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let start = Timestamp(seconds: 1_700_000_000)
    for tick in 0..<200 {
      let rate = 640 + Double(tick % 7)
      _ = autoscaler.handle(.observed(seen(rate: rate, ready: 9, at: start + .seconds(tick * 15))))
    }
    let frozen = start + .seconds(200 * 15)
    for tick in 0..<200 {
      _ = autoscaler.handle(.observed(seen(rate: 90, ready: 9, at: frozen + .seconds(tick * 15))))
    }
    let decision = try #require(autoscaler.lastProposal)
    #expect(decision.target == 9)
    #expect(decision.reason.contains("has not moved"))
    // Nothing keeps it from growing: for a queue while the rate stands still, and for a rate.
    let later = frozen + .seconds(200 * 15)
    var growing = autoscaler
    _ = growing.handle(.observed(seen(rate: 90, ready: 9, at: later, queue: 200_000)))
    #expect(try #require(growing.lastProposal).target > 9)
    _ = autoscaler.handle(.observed(seen(rate: 2000, ready: 9, at: later)))
    #expect(try #require(autoscaler.lastProposal).target >= 20)
  }

  private func seen(
    rate: Double, ready: Int, at time: Timestamp, queue: Double = 0
  ) -> Observation {
    Observation(time: time, rate: rate, queue: queue, ready: ready, pending: [])
  }
}

@Suite("A policy that only predicts")
struct PredictiveTests {
  @Test("serves what it sees while it has nothing to predict with")
  func fallsBackToTheRate() throws {
    let predictive = try policy(forecast: true) { $0.scaling.reacts = false }
    var autoscaler = Autoscaler(policy: predictive)
    try Timeline(
      """
      time  rate queue ready | target because
      0s     640     0     8 |      8 no forecast (too little history) · observed 8 (640/s)
      """
    ).play(on: &autoscaler)
  }
}
