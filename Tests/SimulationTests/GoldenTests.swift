import Control
import Domain
import Testing

@testable import Simulation

@Suite("The reference runs")
struct GoldenTests {
  let golden: Golden

  init() throws {
    golden = try Golden.load()
  }

  var bursts: [Burst] {
    let parts = golden.burst
    return [
      Burst(
        start: .seconds(parts[0]), rise: .seconds(parts[1]), hold: .seconds(parts[2]),
        fall: .seconds(parts[3]), multiplier: parts[4])
    ]
  }

  func demand(_ arrivals: ArrivalProcess = .fluid) throws -> Demand {
    let trace = TimeSeries(
      start: Timestamp(seconds: 0), step: .seconds(golden.res), values: golden.rate)
    let grid = StepGrid(
      start: trace.start, step: .seconds(golden.dt), count: golden.lam.count)
    let texture = Texture(
      deviation: golden.jitter.sd, memory: .seconds(golden.jitter.tau), seed: golden.jitter.seed)
    return try #require(
      Demand(trace: trace, grid: grid, texture: texture, bursts: bursts, arrivals: arrivals))
  }

  func world(_ run: Golden.Run) throws -> SimulatedWorld {
    var fleet = FleetModel()
    fleet.ratePerReplica = golden.mu
    fleet.boot = .seconds(run.boot)
    fleet.initial = golden.initialReplicas
    fleet.minimum = golden.min
    fleet.maximum = golden.max
    fleet.queueLimit = golden.queueCap
    fleet.warmPool = .init(size: run.pool, boot: .seconds(run.poolWait), cost: run.poolCost)
    return SimulatedWorld(
      demand: try demand(), fleet: fleet, objective: Objective(sloWait: .seconds(golden.slo)),
      bursts: bursts)
  }

  /// As a scenario gives it that says no more than the kind, what a size has to be said for, and the
  /// floor: everything else is the kind's own.
  func specification(_ run: Golden.Run) throws -> PolicySpecification {
    let kind: PolicyKind =
      switch run.policy {
      case "static": .static
      case "hpa-cpu-70": .hpaCPU
      case "hpa-rps-70", "hpa-rps-70+floor": .hpaRPS
      case "keda-1": .kedaQueue
      case "aws-tt-70": .targetTracking
      default: .referenceHybrid
      }
    var specification = PolicySpecification(name: run.policy, kind: kind)
    specification.replicas = run.params.n
    specification.floor = run.floor ? golden.floor : nil
    return specification
  }

  @Test("SplitMix64 gives the reference stream")
  func splitMix() {
    var random = SplitMix64(seed: 42)
    for expected in golden.splitmix42 { #expect("\(random.next())" == expected) }
  }

  @Test("texture, bursts and interpolation give the reference rates")
  func rates() throws {
    var stream = try demand().stream()
    for expected in golden.lam {
      let rate = stream.next().rate
      #expect(abs(rate - expected) < 1e-9)
    }
  }

  @Test("Poisson arrivals are the reference ones")
  func poisson() throws {
    var stream = try demand(.poisson(seed: 7)).stream()
    for expected in golden.poissonSeed7 { #expect(stream.next().arrivals == expected) }
  }

  @Test("every run repeats step by step", arguments: 0..<18)
  func runs(index: Int) throws {
    let run = golden.runs[index]
    let world = try world(run)
    var records: [StepRecord] = []
    let card = world.run(try specification(run), onStep: { records.append($0) }).scorecard
    #expect(records.count == run.ready.count)
    let differing = zip(records, 0...).first { record, step in
      record.ready != run.ready[step] || abs(record.queue - run.queue[step]) > 1e-6
        || abs(record.wait - run.waitEnd[step]) > 1e-6
        || abs(Double(record.ready + record.pending) - run.billed[step]) > 1e-6
    }
    #expect(differing?.0 == nil, "\(run)")
    let metrics: [(String, Double)] = [
      ("replica_hours", card.replicaHours), ("cost_ratio", card.oracleRatio),
      ("late", card.late), ("dropped", card.dropped), ("viol", card.violation),
      ("availability", card.availability), ("peak_queue", card.peakQueue),
      ("p50_wait", card.p50Wait), ("p99_wait", card.p99Wait),
      ("under_s", card.underprovisionedSeconds), ("over_ratio", card.overprovisionRatio),
      ("actions", Double(card.actions)), ("t_cap", card.bursts[0].timeToCapacity),
      ("t_drain", card.bursts[0].timeToDrain), ("q_burst_max", card.bursts[0].peakQueue),
      ("ev_avail_min", card.bursts[0].availability),
    ]
    for (name, value) in metrics {
      let expected = try #require(run.metrics[name])
      #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)), "\(run) \(name)")
    }
  }

  @Test("the zero-wait oracle costs what the reference says", arguments: [60, 300])
  func oracle(boot: Int) throws {
    let run = try #require(golden.runs.first { $0.boot == boot })
    let world = try world(run)
    let expected = try #require(golden.oracle["\(boot)"])
    #expect(abs(world.oracleSeconds - expected.replicaSeconds) < 1e-6)
    #expect(abs(world.neededSeconds - expected.lowerBound) < 1e-6)
  }
}
