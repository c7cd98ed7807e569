public import Control
public import Domain
import Synchronization

/// What is going on, for pages and metrics: written by the control loop, read by anybody.
public final class StatusBoard: Sendable {
  private let state = Mutex(Status())

  public init() {}

  public var status: Status { state.withLock { $0 } }

  /// Everything at one moment.
  public struct Status: Sendable {
    public var services: [ServiceID: Service] = [:]
    public var samplesAccepted = 0
    public var samplesRefused = 0
    /// Why the store cannot be written at the moment; nil if it can.
    public var storeProblem: String?
    public var storeFailures = 0
    /// What was put aside at the start, so that everything is seen anew; nil if nothing was.
    public var quarantine: String?
    /// Commands by the name of their outcome.
    public var commands: [String: Int] = [:]
    /// Nil where this process is the only one.
    public var leadership: LeadershipStatus?
    /// Why nothing may shrink in the whole fleet; nil if it may.
    public var breaker: String?
  }

  /// Whether this process may command.
  public enum LeadershipStatus: Sendable, Equatable {
    case leads(fencingToken: Int64)
    case follows
  }

  /// One service at one moment.
  public struct Service: Sendable {
    public var observation: Observation?
    public var problems: [String] = []
    public var forecast: DemandForecast?
    /// How the forecast does; nil where there never was one.
    public var standing: ForecastStanding?
    /// Whether demand has stayed far from what the seasons know for an hour.
    public var isLevelShifted = false
    /// Why the rate may raise the fleet and not lower it; nil if it may.
    public var suspicion: Rule.Suspicion?
    /// The share of the violation budget that is spent; nil where the risk is fixed.
    public var spentShare: Double?
    public var decision: Decision?
    public var lastOutcome: ScaleOutcome?
    public var decisions = 0
    public var commands = 0
    public var ticks = 0
    public var lastFit: FitStatus?
    public var fits = 0
    public var failedFits = 0
    /// How late the metrics were when they were last looked at; nil if not known.
    public var lag: Duration?
    /// The lag that decisions are made with.
    public var lagInForce: Duration?
    /// From being started to serving, as seen.
    public var boots = BootTimes()
    /// A size that an operator fixed; void once its time has passed.
    public var override: SizeOverride?
    /// Until when an operator froze the size; void once it has passed.
    public var frozenUntil: Timestamp?
  }

  public struct FitStatus: Sendable {
    public var time: Timestamp
    public var seconds: Double
    /// Why the fit gave no model; nil if it did.
    public var failure: String?
  }

  func noteTick(of service: ServiceID) {
    change(service) { $0.ticks += 1 }
  }

  func note(_ observation: Observation, problems: [String], of service: ServiceID) {
    change(service) {
      $0.observation = observation
      $0.problems = problems
    }
  }

  func note(_ autoscaler: Autoscaler, of service: ServiceID) {
    let forecast = autoscaler.forecast
    let decision = autoscaler.newestDecision
    let lag = autoscaler.policy.timing.lag
    let boots = autoscaler.bootTimes
    let (override, frozenUntil) = (autoscaler.override, autoscaler.frozenUntil)
    let (standing, spentShare) = (autoscaler.standing, autoscaler.spentShare)
    let (isLevelShifted, suspicion) = (autoscaler.isLevelShifted, autoscaler.suspicion)
    change(service) {
      $0.lagInForce = lag
      $0.boots = boots
      $0.override = override
      $0.frozenUntil = frozenUntil
      $0.forecast = forecast
      $0.standing = standing
      $0.isLevelShifted = isLevelShifted
      $0.suspicion = suspicion
      $0.spentShare = spentShare
      $0.decision = decision
    }
  }

  func note(_ decision: Decision) { change(decision.service) { $0.decisions += 1 } }

  func note(_ outcome: ScaleOutcome, of command: ScaleCommand) {
    change(command.service) {
      $0.lastOutcome = outcome
      $0.commands += 1
    }
    state.withLock { $0.commands[outcome.name, default: 0] += 1 }
  }

  func noteFit(of service: ServiceID, event: Event, seconds: Double) {
    change(service) {
      switch event {
      case .fitFailed(let time, let reason):
        $0.failedFits += 1
        $0.lastFit = FitStatus(time: time, seconds: seconds, failure: reason)
      default:
        $0.fits += 1
        $0.lastFit = FitStatus(time: event.time, seconds: seconds, failure: nil)
      }
    }
  }

  func noteLag(_ lag: Duration, of service: ServiceID) { change(service) { $0.lag = lag } }

  public func noteSamples(accepted: Int, refused: Int) {
    state.withLock {
      $0.samplesAccepted += accepted
      $0.samplesRefused += refused
    }
  }

  public func storeFailed(_ problem: String) {
    state.withLock {
      $0.storeProblem = problem
      $0.storeFailures += 1
    }
  }

  public func noteQuarantine(_ sentence: String) { state.withLock { $0.quarantine = sentence } }

  func noteLeadership(_ token: Int64?) {
    state.withLock {
      $0.leadership = token.map { .leads(fencingToken: $0) } ?? .follows
    }
  }

  func note(_ breaker: FleetBreaker) {
    let reason =
      breaker.isOpen
      ? breaker.cause?.description ?? "it was open when the process before ended" : nil
    state.withLock { $0.breaker = reason }
  }

  func storeRecovered() { state.withLock { $0.storeProblem = nil } }

  func forget(_ service: ServiceID) { state.withLock { $0.services[service] = nil } }

  private func change(_ service: ServiceID, _ body: (inout Service) -> Void) {
    state.withLock { body(&$0.services[service, default: Service()]) }
  }
}
