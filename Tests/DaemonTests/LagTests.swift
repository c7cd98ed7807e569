import Adapters
import Control
import Domain
import Storage
import TestSupport
import Testing

@testable import Daemon

@Suite("How late the metrics are")
struct LagTests {
  private let start = ScriptedDaemon.start

  @Test("five looks give their middle; a small difference changes nothing; an hour's pause follows")
  func meter() {
    var meter = LagMeter()
    let looks: [Duration] = [.seconds(24), .seconds(31), .seconds(28), .seconds(90), .seconds(22)]
    var answers: [Duration?] = []
    for (index, look) in looks.enumerated() {
      let now = start + .seconds(Int64(index) * 15)
      #expect(meter.isDue(at: now))
      answers.append(meter.take(look, inForce: .seconds(15), at: now))
    }
    #expect(answers == [nil, nil, nil, nil, .seconds(28)])
    let after = start + .seconds(60)
    #expect(!meter.isDue(at: after + .seconds(3599)))
    let later = after + .seconds(3600)
    #expect(meter.isDue(at: later))
    for _ in 0..<5 { #expect(meter.take(.seconds(30), inForce: .seconds(28), at: later) == nil) }
  }

  @Test("a source that cannot tell is asked again after an hour", arguments: [nil, -1.0, 1e6])
  func silent(seconds: Double?) {
    var meter = LagMeter()
    let lag = seconds.map { Duration.milliseconds(Int64($0 * 1000)) }
    #expect(meter.take(lag, inForce: .seconds(15), at: start) == nil)
    #expect(!meter.isDue(at: start + .seconds(60)))
  }

  @Test("the measured lag comes into force, is journalled, and stands after a restart")
  func measured() async throws {
    let store = try Store.inMemory()
    let web = try #require(ServiceID("web"))
    let middle = start + .seconds(600)
    let first = try ScriptedDaemon(
      store: store, from: start, to: middle, source: ScriptedSource(lag: .seconds(40)),
      measuresLag: true)
    try await first.run()
    #expect(try Recovery.replay(store)[web]?.autoscaler.policy.timing.lag == .seconds(40))
    #expect(first.board.status.services[web]?.lag == .seconds(40))
    let second = try ScriptedDaemon(
      store: store, from: middle, to: middle + .seconds(60), source: ScriptedSource(),
      measuresLag: true)
    try await second.run()
    #expect(try Recovery.replay(store)[web]?.autoscaler.policy.timing.lag == .seconds(40))
  }

  @Test("however many services a query feeds, its lag is looked at once, after the tick's query")
  func oneLookPerQuery() async throws {
    let names = (0..<3000).map { "s\($0)" }
    let members = names.map { #"{"metric":{"service":"\#($0)"},"value":[1,"7"]}"# }
    let demand = "sum by (service) (rate(x[30s]))"
    let server = try ScriptedServer { request, _ in
      let result =
        request.form["query"] == demand
        ? members.joined(separator: ",") : #"{"metric":{},"value":[1,"12.5"]}"#
      return .answer(
        200, body: #"{"status":"success","data":{"resultType":"vector","result":[\#(result)]}}"#)
    }
    let source = PrometheusSource(
      url: server.url, fleets: [.init(.init(demand: demand), label: "service")])
    let clock = SteppingClock(from: start, to: start + .seconds(8 * 15))
    let fleet = try FleetOfServices(
      names, sources: ["s": source], store: try Store.inMemory(), clock: clock
    ) { _, service in
      service.policy.forecast.history = .zero
      service.measuresLag = true
    }
    try await fleet.loop.runToTheEnd()
    let asked = server.requests.map { $0.form["query"] == demand ? "tick" : "lag" }
    let looks = Array(repeating: ["tick", "lag"], count: LagMeter.looks).flatMap { $0 }
    #expect(asked == looks + ["tick", "tick"])
    for service in fleet.services {
      #expect(fleet.status(of: service)?.observation?.rate == 7)
      #expect(fleet.status(of: service)?.lagInForce == .milliseconds(27_500))
    }
  }
}
