import Control
import Domain
import Provisioning
import Storage

extension ProvisioningRun {
  /// One service's forecast with what is needed beside it.
  struct ServiceResult: Sendable {
    var member: Member
    var forecast: TargetForecast
    var input: ServiceInput
  }

  /// Forecasts every service and hands over one after the other in the configuration's order; a
  /// service that turns out to have too little known demand is handed over as its reason.
  ///
  /// Some are computed ahead of the one that is handed over, as many as there are cores and as fit
  /// into 96 MB.
  func forecasts(
    jobs: Int, _ body: (Result<ServiceResult, ExportMetadata.LeftOut>) async throws -> Void
  ) async throws {
    let size = 16 * max(1, request.hours) * max(1, request.paths)
    let workers = max(1, min(jobs, 96_000_000 / size))
    let responses = try await sharedResponses()
    try await withThrowingTaskGroup(
      of: (Int, Result<ServiceResult, ExportMetadata.LeftOut>).self
    ) { group in
      var waiting = members.enumerated().makeIterator()
      func startNext() {
        guard let (index, member) = waiting.next() else { return }
        group.addTask { (index, try await result(of: member, responses)) }
      }
      for _ in 0..<workers { startNext() }
      var early: [Int: Result<ServiceResult, ExportMetadata.LeftOut>] = [:]
      var turn = 0
      while let (index, result) = try await group.next() {
        early[index] = result
        while let next = early.removeValue(forKey: turn) {
          try await body(next)
          turn += 1
          startNext()
        }
      }
    }
  }

  /// Services that are each simulated to learn what their policy runs; in a larger fleet those that
  /// scale alike share what the first of them taught.
  private static let calibratedServices = 256

  /// By what makes services scale alike; empty for a fleet that is small enough to do without.
  private func sharedResponses() async throws -> [String: ReplicaResponse] {
    guard members.count > Self.calibratedServices else { return [:] }
    var responses: [String: ReplicaResponse] = [:]
    for member in members where responses[Self.likeness(member)] == nil {
      let input = try await input(of: member)
      responses[Self.likeness(member)] = try await fleet.compute.run {
        try? ServiceForecaster(input).response
      }
    }
    return responses
  }

  private static func likeness(_ member: Member) -> String {
    let policy = member.service.policy
    return "\(policy.fleet.boot) \(policy.timing) \(policy.objective) \(policy.scaling)"
  }

  /// One service's forecast.
  private func result(
    of member: Member, _ responses: [String: ReplicaResponse]
  ) async throws -> Result<ServiceResult, ExportMetadata.LeftOut> {
    let input = try await input(of: member)
    let request = request
    let response = responses[Self.likeness(member)]
    do {
      let forecast = try await fleet.compute.run {
        try ServiceForecaster(input, response: response).forecast(request)
      }
      return .success(ServiceResult(member: member, forecast: forecast, input: input))
    } catch let error as ProvisioningError {
      return .failure(.init(service: input.id.name, reason: "\(error)"))
    }
  }
}
